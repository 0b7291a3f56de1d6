package io.lakehousecdc.sink.decode;

/**
 * A record, or a value in it, that can never be applied. The message says what is wrong and what to
 * do; {@link RecordDecoder} adds where. Carries no stack trace: it is an outcome, not a defect.
 */
final class DecodeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DecodeException(String message) {
    super(message, null, false, false);
  }

  /** The same, with the place inside the record that it concerns. */
  DecodeException in(Object table) {
    return new DecodeException("Table " + table + ": " + getMessage());
  }
}
