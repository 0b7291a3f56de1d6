// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.Bits;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.postgres.catalog.PgType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The reading of schemaless JSON's values as the column's type asks: Debezium writes dates as days,
 * times as milliseconds (precision up to 3) or microseconds, bytes and decimals in Base64.
 */
public final class UntypedValues {
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]+");
  private static final Pattern NUMBER = Pattern.compile("\\s*[-+]?[0-9]*\\.?[0-9]+([eE].+)?\\s*");

  /** How pgjdbc, and so rows of some snapshots, write infinity ({@code PGStatement}). */
  private static final long DRIVER_INFINITY = 9_223_372_036_825_200_000L;

  private static final long DRIVER_NEGATIVE_INFINITY = -9_223_372_036_832_400_000L;

  private UntypedValues() {}

  /** The logical type that a new column gets for a value. */
  public static LogicalType infer(Object value) {
    if (value instanceof Boolean) {
      return Primitive.BOOLEAN;
    }
    if (value instanceof Long) {
      return Primitive.INT64;
    }
    if (value instanceof Double) {
      return Primitive.FLOAT64;
    }
    return value instanceof String ? Primitive.TEXT : Primitive.JSON;
  }

  /** Conversion to canonical values of the column's logical type. */
  static Function<Object, Object> to(PgType stored) {
    LogicalType type = stored.logical();
    if (type instanceof Array) {
      Function<Object, Object> element = to(stored.element());
      return value ->
          ((List<?>) value)
              .stream().map(each -> each == null ? null : element.apply(each)).toList();
    }
    if (type instanceof Decimal decimal) {
      return value -> number(value, decimal.scale());
    }
    if (type instanceof Bits || !(type instanceof Primitive primitive)) {
      return Function.identity();
    }
    long unit = stored.secondsPrecision() <= 3 ? 1_000 : 1;
    return switch (primitive) {
      case BOOLEAN -> value -> value instanceof String text ? truth(text) : value;
      case INT16, INT32, INT64 -> UntypedValues::integer;
      case FLOAT32 -> value -> single((Number) floating(value));
      case FLOAT64 -> UntypedValues::floating;
      case NUMERIC -> value -> number(value, -1);
      case BYTES -> value -> base64((String) value);
      case DATE -> UntypedValues::date;
      case TIME -> value -> value instanceof Long count ? count * unit : timeOfDay((String) value);
      case TIMESTAMP, TIMESTAMPTZ ->
          value -> value instanceof Long count ? scaled(count, unit) : instant((String) value);
      case INTERVAL ->
          value ->
              value instanceof Long micros
                  ? "PT" + BigDecimal.valueOf(micros, 6).toPlainString() + "S"
                  : value;
      default -> Function.identity();
    };
  }

  private static Object truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new UnfitValueException("the text is neither true nor false", text);
    };
  }

  private static Object integer(Object value) {
    if (value instanceof Double number) {
      return BigDecimal.valueOf(number);
    }
    return value instanceof String text ? decimal(text) : value;
  }

  private static Object floating(Object value) {
    try {
      return value instanceof String text ? Double.valueOf(text) : value;
    } catch (NumberFormatException e) {
      throw new UnfitValueException("the text is no number", value);
    }
  }

  /** JSON writes a single as the decimal nearest to it of as many digits; a double has more. */
  private static Object single(Number value) {
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
        throw new UnfitValueException("the number does not fit in real", number);
      }
    }
    return single;
  }

  private static Object number(Object value, int scale) {
    if (value instanceof Map<?, ?> parts) {
      return Encoders.decimal(
          base64((String) parts.get("value")), ((Number) parts.get("scale")).intValue());
    }
    if (!(value instanceof String text) || Numerics.Special.of(text) != null) {
      return value;
    }
    boolean number = NUMBER.matcher(text).matches();
    boolean base64 = text.length() % 4 == 0 && BASE64.matcher(text).matches();
    if (number && base64 && scale >= 0) {
      if (scale == 0) {
        throw new UnfitValueException(
            "the text may be a number or its Base64 form. Send schemas with the values, or set"
                + " decimal.handling.mode=double at the source",
            text);
      }
      // A number of this scale has a point, which Base64 has not: "12E1" is three bytes.
      return Encoders.decimal(base64(text), scale);
    }
    if (scale < 0 || number) {
      return decimal(text);
    }
    return Encoders.decimal(base64(text), scale);
  }

  private static BigDecimal decimal(String text) {
    try {
      return new BigDecimal(text.trim());
    } catch (NumberFormatException e) {
      throw new UnfitValueException("the text is no number", text);
    }
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new UnfitValueException("the text is not Base64", text);
    }
  }

  private static Object date(Object value) {
    if (value instanceof Long days) {
      if (days != days.intValue()) {
        throw new UnfitValueException("the number of days since 1970 is no date", days);
      }
      return days.intValue();
    }
    return parsed(
        (String) value, text -> (int) LocalDate.parse(text.replace("Z", "")).toEpochDay());
  }

  private static Object timeOfDay(String text) {
    return parsed(
        text, each -> LocalTime.parse(each.replace("Z", "")).getLong(ChronoField.MICRO_OF_DAY));
  }

  private static long scaled(long count, long unit) {
    if (count == Long.MAX_VALUE || count == DRIVER_INFINITY) {
      return Long.MAX_VALUE;
    }
    if (count == Long.MIN_VALUE || count == DRIVER_NEGATIVE_INFINITY) {
      return Long.MIN_VALUE;
    }
    try {
      return Math.multiplyExact(count, unit);
    } catch (ArithmeticException e) {
      throw new UnfitValueException("the number is out of the range of timestamps", count);
    }
  }

  private static Object instant(String text) {
    if (text.equals("infinity") || text.equals("-infinity")) {
      return text.startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return parsed(
        text,
        each -> {
          boolean zoned = each.endsWith("Z") || each.lastIndexOf('+') > 10;
          Instant instant =
              zoned || each.lastIndexOf('-') > 10
                  ? OffsetDateTime.parse(each).toInstant()
                  : LocalDateTime.parse(each.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
          return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
        });
  }

  private static Object parsed(String text, Function<String, Object> parser) {
    try {
      return parser.apply(text.trim());
    } catch (DateTimeException e) {
      throw new UnfitValueException("the text is no date or time", text);
    }
  }
}
