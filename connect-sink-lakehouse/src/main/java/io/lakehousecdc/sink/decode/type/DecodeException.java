// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import io.lakehousecdc.sink.error.Discreet;

/**
 * A record, or a value in it, that can never be applied. The message says what is wrong and what to
 * do, without values; the decoder adds where. It has no stack trace, because it reports bad data
 * and not a defect.
 */
public final class DecodeException extends RuntimeException implements Discreet {
  private static final long serialVersionUID = 1L;

  private final String values;

  public DecodeException(String message) {
    this(message, "");
  }

  /**
   * @param value what is wrong, which the message leaves out
   */
  public DecodeException(String message, Object value) {
    super(message, null, false, false);
    this.values = String.valueOf(value);
  }

  /** The same error, with the table that it concerns. */
  public DecodeException in(Object table) {
    return at("Table " + table);
  }

  /** The same error, with its place. */
  public DecodeException at(String place) {
    return new DecodeException(place + ": " + getMessage(), values);
  }

  @Override
  public String values() {
    return values;
  }
}
