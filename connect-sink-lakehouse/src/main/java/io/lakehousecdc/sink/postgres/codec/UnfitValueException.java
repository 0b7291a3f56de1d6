// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import io.lakehousecdc.sink.error.Discreet;
import java.util.Optional;

/** A failure: a value does not fit its column. The row's encoder adds table, key and column. */
public final class UnfitValueException extends RuntimeException implements Discreet {
  private static final long serialVersionUID = 1L;

  private final String value;
  private final String widerType;

  /**
   * @param reason what is wrong, without the value and without a final full stop
   */
  UnfitValueException(String reason) {
    this(reason, "", null);
  }

  /**
   * @param value the value, which the message leaves out
   */
  UnfitValueException(String reason, Object value) {
    this(reason, value, null);
  }

  /**
   * @param value the value, which the message leaves out
   * @param widerType SQL type of a column that takes the value; null where none does
   */
  UnfitValueException(String reason, Object value, String widerType) {
    super(reason, null, false, false);
    this.value = String.valueOf(value);
    this.widerType = widerType;
  }

  @Override
  public String values() {
    return value;
  }

  /** SQL type of a column that takes the value; empty where none does. */
  public Optional<String> widerType() {
    return Optional.ofNullable(widerType);
  }
}
