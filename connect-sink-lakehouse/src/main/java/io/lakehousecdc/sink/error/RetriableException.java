// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.error;

/**
 * A transient failure (connection lost, deadlock, commit conflict, out of resources). The same
 * commit may be retried.
 */
public final class RetriableException extends TargetException {
  private static final long serialVersionUID = 1L;

  private final boolean progress;

  public RetriableException(String message) {
    this(message, null);
  }

  /**
   * @param message problem, place and remedy
   * @param cause may be null
   */
  public RetriableException(String message, Throwable cause) {
    this(message, cause, false);
  }

  private RetriableException(String message, Throwable cause, boolean progress) {
    super(message, cause);
    this.progress = progress;
  }

  /** The same failure, of an attempt that had done, for good, a part of what it has to do. */
  public RetriableException afterProgress() {
    return new RetriableException(getMessage(), this, true);
  }

  /** The same failure with another message. */
  public RetriableException told(String message) {
    return new RetriableException(message, this, progress);
  }

  /**
   * Whether the attempt has left less to do for the next one: how long attempts have failed counts
   * from here on.
   */
  public boolean madeProgress() {
    return progress;
  }
}
