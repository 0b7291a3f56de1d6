// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.error;

/**
 * A transient failure (connection lost, deadlock, commit conflict, out of resources). The same
 * commit may be retried.
 */
public final class RetriableException extends TargetException {
  private static final long serialVersionUID = 1L;

  public RetriableException(String message) {
    this(message, null);
  }

  /**
   * @param message problem, place and remedy
   * @param cause may be null
   */
  public RetriableException(String message, Throwable cause) {
    super(message, cause);
  }
}
