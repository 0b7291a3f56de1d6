// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.postgres.catalog.PgType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Encoders of numbers, text and bytes. Those of times are in {@link TimeEncoders}. */
final class Encoders {
  private static final int MAX_NAME_BYTES = 63;

  private Encoders() {}

  static void bool(Object value, CopyBuffer out) {
    out.int32(1).int8((Boolean) value ? 1 : 0);
  }

  static void bytes(Object value, CopyBuffer out) {
    byte[] bytes = (byte[]) value;
    out.int32(bytes.length).raw(bytes);
  }

  static void float4(Object value, CopyBuffer out) {
    out.int32(4).int32(Float.floatToRawIntBits((Float) value));
  }

  static void float8(Object value, CopyBuffer out) {
    out.int32(8).int64(Double.doubleToRawLongBits(((Number) value).doubleValue()));
  }

  static void int2(Object value, CopyBuffer out) {
    out.int32(2).int16((int) integer(value, Short.MIN_VALUE, Short.MAX_VALUE, "smallint"));
  }

  static void int4(Object value, CopyBuffer out) {
    out.int32(4).int32((int) integer(value, Integer.MIN_VALUE, Integer.MAX_VALUE, "integer"));
  }

  static void int8(Object value, CopyBuffer out) {
    out.int32(8).int64(integer(value, Long.MIN_VALUE, Long.MAX_VALUE, "bigint"));
  }

  private static long integer(Object value, long min, long max, String type) {
    long number;
    if (value instanceof BigDecimal decimal) {
      try {
        number = decimal.longValueExact();
      } catch (ArithmeticException e) {
        throw new UnfitValueException("the number does not fit in " + type, decimal, "numeric");
      }
    } else {
      number = ((Number) value).longValue();
    }
    if (number < min || number > max) {
      throw new UnfitValueException("the number is out of the range of " + type, number, "numeric");
    }
    return number;
  }

  /** Numerics of the type's precision and scale: exact, or refused. */
  static Encoder numeric(PgType type, int serverVersion) {
    boolean infinities = !type.bounded() && serverVersion >= 14;
    return (value, out) -> {
      if (value instanceof BigDecimal number) {
        Numerics.write(fitted(number, type), out);
      } else if (value instanceof Double || value instanceof Float || value instanceof String) {
        String text = value.toString();
        Numerics.Special special = Numerics.Special.of(text);
        if (special == null) {
          Numerics.write(fitted(parsed(text), type), out);
        } else if (special == Numerics.Special.NOT_A_NUMBER || infinities) {
          Numerics.write(special, out);
        } else {
          throw new UnfitValueException(
              "numeric holds no infinity here (it does from PostgreSQL 14, without a precision)");
        }
      } else {
        Numerics.write(fitted(BigDecimal.valueOf(((Number) value).longValue()), type), out);
      }
    };
  }

  private static BigDecimal parsed(String text) {
    try {
      return new BigDecimal(text.trim());
    } catch (NumberFormatException e) {
      throw new UnfitValueException("the text is no number", text);
    }
  }

  private static BigDecimal fitted(BigDecimal number, PgType type) {
    if (!type.bounded()) {
      return number;
    }
    if (number.scale() > type.scale()) {
      try {
        return fitted(number.setScale(type.scale()), type);
      } catch (ArithmeticException e) {
        throw unfit(number, type);
      }
    }
    if (number.signum() != 0
        && number.precision() - number.scale() > type.precision() - type.scale()) {
      throw unfit(number, type);
    }
    return number;
  }

  private static UnfitValueException unfit(BigDecimal number, PgType type) {
    return new UnfitValueException(
        "the number does not fit in numeric(" + type.precision() + "," + type.scale() + ")",
        number,
        "numeric");
  }

  /** Text of any value, at most {@code maxCharacters} code points long. */
  static Encoder text(LogicalType type, int maxCharacters) {
    return (value, out) -> {
      String text = value instanceof String string ? string : TextForm.of(value, type);
      if (text.length() > maxCharacters && text.codePointCount(0, text.length()) > maxCharacters) {
        throw new UnfitValueException(
            "the text has more than the column's " + maxCharacters + " characters", text, "text");
      }
      out.textField(text);
    };
  }

  /** Text for {@code name}, whose cast would cut what is longer. */
  static Encoder name(LogicalType type) {
    return (value, out) -> {
      String text = value instanceof String string ? string : TextForm.of(value, type);
      if (text.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
        throw new UnfitValueException(
            "the text has more than the 63 bytes of a name", text, "text");
      }
      out.textField(text);
    };
  }

  static void json(Object value, CopyBuffer out) {
    out.textField(value instanceof String text ? text : JsonText.of(value));
  }

  /** JSON text that keeps its meaning, behind the version number of jsonb's binary form. */
  static void jsonb(Object value, CopyBuffer out) {
    String json = value instanceof String text ? text : JsonText.of(value);
    JsonbRules.requireStorable(json);
    int begin = out.beginField();
    out.int8(1).utf8(json);
    out.endField(begin);
  }

  static void uuid(Object value, CopyBuffer out) {
    String text = (String) value;
    String hex = text.trim().replace("-", "");
    if (hex.startsWith("{") && hex.endsWith("}")) {
      hex = hex.substring(1, hex.length() - 1);
    }
    try {
      if (hex.length() != 32 || hex.charAt(0) == '+' || hex.charAt(16) == '+') {
        throw new NumberFormatException();
      }
      out.int32(16)
          .int64(Long.parseUnsignedLong(hex, 0, 16, 16))
          .int64(Long.parseUnsignedLong(hex, 16, 32, 16));
    } catch (NumberFormatException e) {
      throw new UnfitValueException("the text is no UUID", text);
    }
  }

  /** Bit string: its length in bits, then the bits, padded with zeros. */
  static void varbit(Object value, CopyBuffer out) {
    String bits = value instanceof Boolean truth ? (truth ? "1" : "0") : (String) value;
    int length = bits.length();
    int begin = out.beginField();
    out.int32(length);
    for (int from = 0; from < length; from += 8) {
      int octet = 0;
      for (int i = from; i < from + 8; i++) {
        char bit = i < length ? bits.charAt(i) : '0';
        if (bit != '0' && bit != '1') {
          throw new UnfitValueException("the text is no bit string", bits);
        }
        octet = octet << 1 | bit - '0';
      }
      out.int8(octet);
    }
    out.endField(begin);
  }

  /** Decimal whose unscaled value is the big-endian number in {@code bytes}. */
  static BigDecimal decimal(byte[] bytes, int scale) {
    return new BigDecimal(new BigInteger(bytes), scale);
  }
}
