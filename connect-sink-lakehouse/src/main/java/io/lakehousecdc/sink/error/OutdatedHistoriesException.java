// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.error;

/**
 * Another task has found a history of a source that this commit does not know of: its changes may
 * belong to it. They are to be read again, and placed by what is known then. Nothing was changed.
 */
public final class OutdatedHistoriesException extends FencedException {
  private static final long serialVersionUID = 1L;

  public OutdatedHistoriesException(String message) {
    super(message);
  }
}
