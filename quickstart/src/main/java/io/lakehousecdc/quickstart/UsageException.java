package io.lakehousecdc.quickstart;

/** The command line cannot be understood; the message says which part of it. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
