// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import io.lakehousecdc.sink.error.Discreet;

/** A failure: a value does not fit its column. The row's encoder adds table, key and column. */
public final class UnfitValueException extends RuntimeException implements Discreet {
  private static final long serialVersionUID = 1L;

  private final String value;

  /**
   * @param reason what is wrong, without the value and without a final full stop
   */
  UnfitValueException(String reason) {
    this(reason, "");
  }

  /**
   * @param value the value, which the message leaves out
   */
  UnfitValueException(String reason, Object value) {
    super(reason, null, false, false);
    this.value = String.valueOf(value);
  }

  @Override
  public String values() {
    return value;
  }
}
