// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.lakehousecdc.sink.error.Discreet;

/**
 * A failure: a value does not fit its column. The mapping of the row adds table, key and column.
 */
final class UnfitValueException extends IllegalArgumentException implements Discreet {
  private static final long serialVersionUID = 1L;

  private final String value;

  /**
   * @param reason what is wrong, without the value and without a final full stop
   * @param value the value, which the message leaves out
   */
  UnfitValueException(String reason, Object value) {
    super(reason);
    this.value = String.valueOf(value);
  }

  @Override
  public String values() {
    return value;
  }
}
