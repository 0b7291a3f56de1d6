// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

/**
 * A record, or a value in it, that can never be applied. The message says what is wrong and what to
 * do; the decoder adds where. It has no stack trace, because it reports bad data and not a defect.
 */
public final class DecodeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DecodeException(String message) {
    super(message, null, false, false);
  }

  /** The same error, with the table that it concerns. */
  public DecodeException in(Object table) {
    return new DecodeException("Table " + table + ": " + getMessage());
  }
}
