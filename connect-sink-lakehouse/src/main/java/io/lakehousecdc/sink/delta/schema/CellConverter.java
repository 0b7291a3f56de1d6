// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.Bits;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.MapOf;
import io.lakehousecdc.sink.change.LogicalType.Named;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings canonical values of a logical type into the form that a column's files take (see {@link
 * io.lakehousecdc.sink.delta.parquet.DeltaColumn}), exactly or not at all.
 */
@FunctionalInterface
interface CellConverter {

  /**
   * @param value canonical value, not null
   * @throws IllegalArgumentException the value does not fit; says why
   */
  Object convert(Object value);

  /** The converter for a pair of types; empty where values of the one never fit the other. */
  static Optional<CellConverter> of(LogicalType from, DataType to) {
    if (to instanceof StringType) {
      return Optional.ofNullable(toText(from));
    }
    if (to instanceof ByteType || to instanceof ShortType) {
      boolean narrow = to instanceof ByteType;
      return integral(from)
          .map(
              number ->
                  value -> {
                    short fit =
                        (short)
                            inRange(
                                number.convert(value),
                                narrow ? Byte.MIN_VALUE : Short.MIN_VALUE,
                                narrow ? Byte.MAX_VALUE : Short.MAX_VALUE);
                    return narrow ? (Object) (byte) fit : (Object) fit;
                  });
    }
    if (to instanceof IntegerType) {
      return integral(from)
          .map(
              number ->
                  value ->
                      (int) inRange(number.convert(value), Integer.MIN_VALUE, Integer.MAX_VALUE));
    }
    if (to instanceof LongType) {
      return integral(from);
    }
    if (to instanceof DecimalType decimal) {
      return decimal(from, decimal);
    }
    if (from == Primitive.UNTYPED) {
      return Optional.ofNullable(fromUntyped(to));
    }
    if (to instanceof ArrayType array && from instanceof Array list) {
      return of(list.element(), array.getElementType()).map(CellConverter::each);
    }
    if (to instanceof MapType map
        && from instanceof MapOf values
        && map.getKeyType() instanceof StringType) {
      return of(values.value(), map.getValueType()).map(CellConverter::eachValue);
    }
    return Optional.ofNullable(scalar(from, to));
  }

  private static CellConverter scalar(LogicalType from, DataType to) {
    if (to instanceof BooleanType && from == Primitive.BOOLEAN
        || to instanceof FloatType && from == Primitive.FLOAT32
        || to instanceof BinaryType && from == Primitive.BYTES) {
      return value -> value;
    }
    if (to instanceof DoubleType && (from == Primitive.FLOAT32 || from == Primitive.FLOAT64)) {
      return value -> ((Number) value).doubleValue();
    }
    if (to instanceof FloatType && from == Primitive.FLOAT64) {
      return value -> {
        double wide = (Double) value;
        if (Double.compare((float) wide, wide) != 0) {
          throw new IllegalArgumentException(value + " is no 32-bit floating-point number");
        }
        return (float) wide;
      };
    }
    if (to instanceof DateType && from == Primitive.DATE) {
      return value -> {
        int days = (Integer) value;
        return finite(days, days == Integer.MAX_VALUE || days == Integer.MIN_VALUE, "date");
      };
    }
    boolean timestamp = from == Primitive.TIMESTAMP || from == Primitive.TIMESTAMPTZ;
    if (timestamp && (to instanceof TimestampType || to instanceof TimestampNTZType)) {
      return value -> {
        long micros = (Long) value;
        return finite(micros, micros == Long.MAX_VALUE || micros == Long.MIN_VALUE, "timestamp");
      };
    }
    return null;
  }

  private static CellConverter toText(LogicalType from) {
    if (from instanceof Bits || from instanceof Named) {
      return value -> value;
    }
    if (from instanceof Decimal) {
      return value -> ((BigDecimal) value).toPlainString();
    }
    if (!(from instanceof Primitive primitive)) {
      return null;
    }
    return switch (primitive) {
      case TEXT, JSON, UUID, XML, TIMETZ, INTERVAL -> value -> value;
      case BOOLEAN, INT16, INT32, INT64 -> Object::toString;
      case NUMERIC -> value -> ((BigDecimal) value).toPlainString();
      case TIME -> value -> timeOfDay((Long) value);
      case UNTYPED -> CellConverter::untypedText;
      case FLOAT32, FLOAT64, BYTES, DATE, TIMESTAMP, TIMESTAMPTZ -> null;
    };
  }

  private static Optional<CellConverter> integral(LogicalType from) {
    if (from == Primitive.INT16 || from == Primitive.INT32 || from == Primitive.INT64) {
      return Optional.of(value -> ((Number) value).longValue());
    }
    if (from == Primitive.NUMERIC || from instanceof Decimal || from == Primitive.UNTYPED) {
      return Optional.of(
          value -> {
            try {
              return number(value).longValueExact();
            } catch (ArithmeticException e) {
              throw new IllegalArgumentException(value + " is no 64-bit integer", e);
            }
          });
    }
    return Optional.empty();
  }

  private static Optional<CellConverter> decimal(LogicalType from, DecimalType to) {
    boolean numeric =
        from == Primitive.NUMERIC
            || from instanceof Decimal
            || from == Primitive.INT16
            || from == Primitive.INT32
            || from == Primitive.INT64
            || from == Primitive.UNTYPED;
    return numeric
        ? Optional.of(value -> fitted(number(value), to.getPrecision(), to.getScale()))
        : Optional.empty();
  }

  private static BigDecimal fitted(BigDecimal value, int precision, int scale) {
    BigDecimal scaled;
    try {
      scaled = value.setScale(scale, RoundingMode.UNNECESSARY);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(value + " has more than " + scale + " fraction digits", e);
    }
    if (scaled.precision() > precision) {
      throw new IllegalArgumentException(
          value + " does not fit decimal(" + precision + "," + scale + ")");
    }
    return scaled;
  }

  private static CellConverter fromUntyped(DataType to) {
    if (to instanceof BooleanType) {
      return value -> {
        if (value instanceof Boolean) {
          return value;
        }
        throw new IllegalArgumentException(value + " is neither true nor false");
      };
    }
    if (to instanceof FloatType) {
      return value -> number(value).floatValue();
    }
    if (to instanceof DoubleType) {
      return value -> number(value).doubleValue();
    }
    if (to instanceof DateType) {
      return value -> (int) LocalDate.parse(text(value)).toEpochDay();
    }
    if (to instanceof TimestampType) {
      return value -> micros(OffsetDateTime.parse(text(value)));
    }
    if (to instanceof TimestampNTZType) {
      return value -> micros(LocalDateTime.parse(text(value)).atOffset(ZoneOffset.UTC));
    }
    if (to instanceof ArrayType array) {
      return of(Primitive.UNTYPED, array.getElementType()).map(CellConverter::each).orElse(null);
    }
    if (to instanceof MapType map && map.getKeyType() instanceof StringType) {
      return of(Primitive.UNTYPED, map.getValueType()).map(CellConverter::eachValue).orElse(null);
    }
    return null;
  }

  private static CellConverter each(CellConverter element) {
    return value -> {
      if (!(value instanceof List<?> list)) {
        throw new IllegalArgumentException(value + " is no array");
      }
      List<Object> converted = new ArrayList<>(list.size());
      for (Object item : list) {
        converted.add(item == null ? null : element.convert(item));
      }
      return converted;
    };
  }

  private static CellConverter eachValue(CellConverter element) {
    return value -> {
      if (!(value instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException(value + " is no map");
      }
      Map<Object, Object> converted = new LinkedHashMap<>();
      map.forEach((key, item) -> converted.put(key, item == null ? null : element.convert(item)));
      return converted;
    };
  }

  private static Object finite(Object value, boolean infinite, String kind) {
    if (infinite) {
      throw new IllegalArgumentException(
          "Delta has no infinite " + kind + "; store it as text at the source, or exclude it");
    }
    return value;
  }

  private static long inRange(Object value, long least, long greatest) {
    long number = (Long) value;
    if (number < least || number > greatest) {
      throw new IllegalArgumentException(number + " is not between " + least + " and " + greatest);
    }
    return number;
  }

  private static BigDecimal number(Object value) {
    if (value instanceof BigDecimal decimal) {
      return decimal;
    }
    try {
      return new BigDecimal(value.toString());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(value + " is no number", e);
    }
  }

  private static String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(value + " is no ISO-8601 text");
  }

  private static long micros(OffsetDateTime time) {
    try {
      return ChronoUnit.MICROS.between(
          LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC).atOffset(ZoneOffset.UTC), time);
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(time + " is out of range", e);
    }
  }

  private static String timeOfDay(long micros) {
    if (micros == 86_400_000_000L) {
      return "24:00:00";
    }
    LocalTime time = LocalTime.ofNanoOfDay(micros * 1_000);
    return time.getSecond() == 0 && time.getNano() == 0 ? time + ":00" : time.toString();
  }

  private static Object untypedText(Object value) {
    if (value instanceof String) {
      return value;
    }
    try {
      return new ObjectMapper().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Not to be written as JSON: " + e.getMessage(), e);
    }
  }
}
