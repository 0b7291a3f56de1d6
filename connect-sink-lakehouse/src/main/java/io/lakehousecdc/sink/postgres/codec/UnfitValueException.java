// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

/** A failure: a value does not fit its column. The row's encoder adds table, key and column. */
public final class UnfitValueException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param reason what is wrong, without a final full stop
   */
  UnfitValueException(String reason) {
    super(reason, null, false, false);
  }
}
