// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import java.util.Optional;

/** A failure: a value does not fit its column. The row's encoder adds table, key and column. */
public final class UnfitValueException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String widerType;

  /**
   * @param reason what is wrong, without a final full stop
   */
  UnfitValueException(String reason) {
    this(reason, null);
  }

  /**
   * @param reason what is wrong, without a final full stop
   * @param widerType SQL type of a column that takes the value; null where none does
   */
  UnfitValueException(String reason, String widerType) {
    super(reason, null, false, false);
    this.widerType = widerType;
  }

  /** SQL type of a column that takes the value; empty where none does. */
  public Optional<String> widerType() {
    return Optional.ofNullable(widerType);
  }
}
