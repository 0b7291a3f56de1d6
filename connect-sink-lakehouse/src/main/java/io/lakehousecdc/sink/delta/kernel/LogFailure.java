// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.lakehousecdc.sink.error.Discreet;

/**
 * A failure of Kernel without the entries of the log that its message quotes: their statistics hold
 * values of rows. It stands in the chain of causes for the failure itself.
 */
final class LogFailure extends RuntimeException implements Discreet {
  private static final long serialVersionUID = 1L;

  /** Entries of the log are JSON objects. */
  private static final char ENTRY = '{';

  private final String quoted;

  private LogFailure(Throwable failure, Throwable cause) {
    super(failure.getClass().getName() + ": " + text(failure), cause);
    this.quoted = String.valueOf(failure.getMessage());
    setStackTrace(failure.getStackTrace());
  }

  /** The failure, or one that stands for it where it or a cause of it quotes the log. */
  static Throwable discreet(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (!text(each).equals(String.valueOf(each.getMessage()))) {
        return new LogFailure(
            failure, failure.getCause() == null ? null : discreet(failure.getCause()));
      }
    }
    return failure;
  }

  /** The message up to the first entry that it quotes. */
  static String text(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    int entry = message.indexOf(ENTRY);
    return entry < 0 ? message : message.substring(0, entry) + "\u2026";
  }

  @Override
  public String values() {
    return quoted;
  }
}
