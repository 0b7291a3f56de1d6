// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.error;

/**
 * A constraint of the table refuses the batch, but may accept it together with later changes: the
 * parent row of a foreign key, or the second row of a swapped unique value.
 */
public final class OutOfOrderException extends TargetException {
  private static final long serialVersionUID = 1L;

  public OutOfOrderException(String message) {
    this(message, null);
  }

  /**
   * @param message problem, place and remedy
   * @param cause may be null
   */
  public OutOfOrderException(String message, Throwable cause) {
    super(message, cause);
  }
}
