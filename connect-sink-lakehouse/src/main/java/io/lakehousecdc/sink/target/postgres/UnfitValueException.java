package io.lakehousecdc.sink.target.postgres;

/** A value does not fit its column. The row's encoder adds table, key and column. */
final class UnfitValueException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param reason what is wrong, without a final full stop
   */
  UnfitValueException(String reason) {
    super(reason, null, false, false);
  }
}
