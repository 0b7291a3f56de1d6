// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

/**
 * A conflict: another writer has committed the version that this commit was to become. Nothing is
 * changed.
 */
public class CommitConflictException extends Exception {
  private static final long serialVersionUID = 1L;

  CommitConflictException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A conflict that was found before anything was tried. */
  protected CommitConflictException(String message) {
    super(message);
  }
}
