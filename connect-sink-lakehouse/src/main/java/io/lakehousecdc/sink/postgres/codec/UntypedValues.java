// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.Bits;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.SchemalessNumbers;
import io.lakehousecdc.sink.change.SchemalessTime;
import io.lakehousecdc.sink.postgres.catalog.PgType;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The reading of schemaless JSON's values as the column's type asks: Debezium writes dates as days,
 * times as numbers of a unit that is told ({@link SchemalessTime}), bytes, bits and decimals in
 * Base64.
 */
public final class UntypedValues {
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

  /**
   * Conversion to canonical values of the column's logical type; throws {@link UnfitValueException}
   * where a value does not fit.
   *
   * @param time unit of numbers that stand for times
   */
  static Function<Object, Object> to(PgType stored, SchemalessTime time) {
    Function<Object, Object> conversion = conversion(stored, time);
    return value -> {
      try {
        return conversion.apply(value);
      } catch (IllegalArgumentException e) {
        throw new UnfitValueException(e.getMessage(), value);
      }
    };
  }

  private static Function<Object, Object> conversion(PgType stored, SchemalessTime time) {
    LogicalType type = stored.logical();
    if (type instanceof Array) {
      Function<Object, Object> element = conversion(stored.element(), time);
      return value ->
          ((List<?>) value)
              .stream().map(each -> each == null ? null : element.apply(each)).toList();
    }
    if (type instanceof Decimal decimal) {
      return value -> number(value, decimal.scale());
    }
    if (type instanceof Bits bits) {
      return value ->
          value instanceof String text ? SchemalessNumbers.bits(text, bits.length()) : value;
    }
    if (!(type instanceof Primitive primitive)) {
      return Function.identity();
    }
    int digits = stored.secondsPrecision();
    return switch (primitive) {
      case BOOLEAN -> value -> value instanceof String text ? truth(text) : value;
      case INT16, INT32, INT64 -> UntypedValues::integer;
      case FLOAT32 -> value -> SchemalessNumbers.single((Number) floating(value));
      case FLOAT64 -> UntypedValues::floating;
      case NUMERIC -> value -> number(value, -1);
      case BYTES -> value -> SchemalessNumbers.bytes(value);
      case DATE -> UntypedValues::date;
      case TIME ->
          value ->
              value instanceof Long count
                  ? time.timeOfDay(count, digits)
                  : timeOfDay((String) value);
      case TIMESTAMP, TIMESTAMPTZ ->
          value ->
              value instanceof Long count
                  ? time.timestamp(count, digits)
                  : SchemalessTime.timestamp((String) value);
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

  private static Object number(Object value, int scale) {
    boolean isText = value instanceof String text && Numerics.Special.of(text) == null;
    return isText || value instanceof Map<?, ?> ? SchemalessNumbers.decimal(value, scale) : value;
  }

  private static BigDecimal decimal(String text) {
    try {
      return new BigDecimal(text.trim());
    } catch (NumberFormatException e) {
      throw new UnfitValueException("the text is no number", text);
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

  private static Object parsed(String text, Function<String, Object> parser) {
    try {
      return parser.apply(text.trim());
    } catch (DateTimeException e) {
      throw new UnfitValueException("the text is no date or time", text);
    }
  }
}
