// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import io.debezium.data.VariableScaleDecimal;
import io.lakehousecdc.sink.change.BitStrings;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.connect.data.Struct;

/** Conversions of numbers, bytes and bits. */
public final class Scalars {
  private Scalars() {}

  /** Bytes, which converters deliver as an array or a buffer. */
  public static byte[] bytes(Object value) {
    if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes;
    }
    return (byte[]) value;
  }

  /**
   * Text in UTF-8.
   *
   * @throws DecodeException if the bytes are no text
   */
  static String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new DecodeException(
          "The bytes are no text in UTF-8, although the source's type is not bytea.");
    }
  }

  static Object variableScale(Object value) {
    Struct struct = (Struct) value;
    return new BigDecimal(
        new BigInteger(bytes(struct.getWithoutDefault(VariableScaleDecimal.VALUE_FIELD))),
        (Integer) struct.getWithoutDefault(VariableScaleDecimal.SCALE_FIELD));
  }

  /**
   * A decimal from text, with exactly {@code scale} fraction digits.
   *
   * @throws DecodeException if it is not a number, or would be rounded
   */
  static BigDecimal decimal(String text, int scale) {
    BigDecimal number = decimal(text);
    try {
      return number.setScale(scale);
    } catch (ArithmeticException e) {
      throw new DecodeException(
          "The number has more than %d fraction digits and is not rounded.".formatted(scale), text);
    }
  }

  static BigDecimal decimal(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw new DecodeException(
          "The text is not a finite number, and decimals here hold no other.", text);
    }
  }

  /** See {@link BitStrings#of}. */
  static String bits(byte[] bytes, int length) {
    try {
      return BitStrings.of(bytes, length);
    } catch (IllegalArgumentException e) {
      throw new DecodeException(e.getMessage() + ".");
    }
  }
}
