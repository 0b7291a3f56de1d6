// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.error;

/** A failure that a retry does not cure. The task fails, and an operator has to act. */
public final class FatalException extends TargetException {
  private static final long serialVersionUID = 1L;

  public FatalException(String message) {
    this(message, null);
  }

  /**
   * @param message problem, place and remedy
   * @param cause may be null
   */
  public FatalException(String message, Throwable cause) {
    super(message, cause);
  }
}
