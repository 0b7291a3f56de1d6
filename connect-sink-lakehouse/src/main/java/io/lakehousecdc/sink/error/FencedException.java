// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.error;

/**
 * Another owner has committed the same partitions since: this one is a zombie and must stop
 * writing.
 */
public final class FencedException extends TargetException {
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
