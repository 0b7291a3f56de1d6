// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

/**
 * A conflict: another writer has committed the version that this commit was to become. Nothing is
 * changed.
 */
public final class CommitConflictException extends Exception {
  private static final long serialVersionUID = 1L;

  CommitConflictException(String message, Throwable cause) {
    super(message, cause);
  }
}
