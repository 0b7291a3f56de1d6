// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.error;

/**
 * A commit was refused because another task has committed the same partitions since. The caller no
 * longer owns them and must not write again before it has read their committed state.
 */
public sealed class FencedException extends TargetException permits OutdatedHistoriesException {
  private static final long serialVersionUID = 1L;

  public FencedException(String message) {
    this(message, null);
  }

  /**
   * @param message problem, place and remedy
   * @param cause may be null
   */
  public FencedException(String message, Throwable cause) {
    super(message, cause);
  }
}
