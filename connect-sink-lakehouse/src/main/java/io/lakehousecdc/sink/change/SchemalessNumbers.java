// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The reading of numbers, bits and bytes from schemaless JSON, as Kafka's {@code JsonConverter}
 * writes them: bytes, bits, and decimals of {@code decimal.handling.mode=precise}, in Base64.
 * Messages hold no values.
 */
public final class SchemalessNumbers {
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]+={0,2}");
  private static final Pattern NUMBER = Pattern.compile("\\s*[-+]?[0-9]*\\.?[0-9]+([eE].+)?\\s*");

  private static final Pattern DIGITS = Pattern.compile("[01]*");

  private SchemalessNumbers() {}

  /**
   * A decimal.
   *
   * @param value a number, its text, its unscaled value in Base64, or a map of {@code scale} and
   *     {@code value}
   * @param scale fraction digits of the column; negative if it has no fixed number
   * @throws IllegalArgumentException it is no number, or may be two
   */
  public static BigDecimal decimal(Object value, int scale) {
    if (value instanceof Map<?, ?> parts) {
      if (parts.get("value") instanceof String unscaled
          && parts.get("scale") instanceof Number digits) {
        return new BigDecimal(new BigInteger(bytes(unscaled)), digits.intValue());
      }
      throw new IllegalArgumentException("the object is no number");
    }
    if (value instanceof BigDecimal number) {
      return number;
    }
    String text = value.toString();
    if (!(value instanceof String)) {
      return parsed(text);
    }
    boolean isNumber = NUMBER.matcher(text).matches();
    boolean isBase64 = text.length() % 4 == 0 && BASE64.matcher(text).matches();
    if (isNumber && isBase64 && scale == 0) {
      throw new IllegalArgumentException(
          "the text may be a number or its Base64 form. Send schemas with the values, or set"
              + " decimal.handling.mode=double at the source");
    }
    // A number of a scale above 0 has a point, which Base64 has not: "12E1" is three bytes.
    return scale >= 0 && isBase64
        ? new BigDecimal(new BigInteger(bytes(text)), scale)
        : parsed(text);
  }

  private static BigDecimal parsed(String text) {
    try {
      return new BigDecimal(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("the text is no number", e);
    }
  }

  /**
   * The single-precision number that JSON has written, which is the shortest decimal that tells it.
   *
   * @throws IllegalArgumentException the number has more digits than a single
   */
  public static float single(Number value) {
    float single = value.floatValue();
    if (value instanceof Double number && Double.isFinite(number)) {
      BigDecimal wanted = new BigDecimal(number.toString());
      boolean same =
          Float.isFinite(single)
              && new BigDecimal(single)
                      .round(new MathContext(Math.max(1, wanted.stripTrailingZeros().precision())))
                      .compareTo(wanted)
                  == 0;
      if (!same) {
        throw new IllegalArgumentException("the number does not fit in 32 bits");
      }
    }
    return single;
  }

  /**
   * A double-precision number: a number, or text such as {@code NaN}.
   *
   * @throws IllegalArgumentException it is no number, or an integer that it cannot hold
   */
  public static double floating(Object value) {
    if (value instanceof Double number) {
      return number;
    }
    try {
      double number = Double.parseDouble(value.toString());
      if (value instanceof Long whole && new BigDecimal(number).longValueExact() != whole) {
        throw new IllegalArgumentException("the number does not fit in 64 bits with a point");
      }
      return number;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("the text is no number", e);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("the number does not fit in 64 bits with a point", e);
    }
  }

  /**
   * A bit string as text of 0 and 1.
   *
   * @param value text of as many digits as there are bits; else the bits in Base64, as Debezium
   *     sends them
   * @param length number of bits; {@link Integer#MAX_VALUE} for a varying one
   * @throws IllegalArgumentException it is none, has more bits, or may be two
   */
  public static String bits(String value, int length) {
    boolean isDigits = DIGITS.matcher(value).matches();
    boolean isBase64 = !value.isEmpty() && value.length() % 4 == 0;
    if (length == Integer.MAX_VALUE && isDigits && isBase64) {
      throw new IllegalArgumentException(
          "the text may be bits or their Base64 form. Send schemas with the values, or use bit(n)"
              + " for the column");
    }
    // Base64 of n bits is of n characters only where n is 4, and then ends in "==".
    return isDigits && (length == Integer.MAX_VALUE || value.length() == length)
        ? value
        : BitStrings.of(bytes(value), length);
  }

  /**
   * Bytes from Base64.
   *
   * @throws IllegalArgumentException the text is not Base64
   */
  public static byte[] bytes(Object value) {
    try {
      return Base64.getDecoder().decode(value.toString());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the text is not Base64", e);
    }
  }
}
