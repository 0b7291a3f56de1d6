// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.MapOf;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.SchemalessTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The conversions that there are, by logical type and column type. */
final class CellConverters {
  private CellConverters() {}

  /**
   * The converter for a pair of types; empty where values of the one never fit the other.
   *
   * @param time unit of numbers that stand for times in values without a type
   */
  static Optional<CellConverter> of(LogicalType from, DataType to, SchemalessTime time) {
    if (to instanceof StringType) {
      return TextConverters.of(from);
    }
    if (to instanceof DecimalType decimal) {
      return NumberConverters.decimal(from, decimal);
    }
    if (NumberConverters.isInteger(to)) {
      return NumberConverters.integer(from, to);
    }
    if (to instanceof ArrayType array) {
      return element(from)
          .flatMap(element -> of(element, array.getElementType(), time))
          .map(CellConverters::each);
    }
    if (to instanceof MapType map) {
      return value(from)
          .filter(value -> map.getKeyType() instanceof StringType)
          .flatMap(value -> of(value, map.getValueType(), time))
          .map(CellConverters::eachValue);
    }
    return from == Primitive.UNTYPED
        ? UntypedConverters.of(to, time)
        : Optional.ofNullable(scalar(from, to));
  }

  private static Optional<LogicalType> element(LogicalType from) {
    if (from instanceof Array array) {
      return Optional.of(array.element());
    }
    return from == Primitive.UNTYPED ? Optional.of(from) : Optional.empty();
  }

  private static Optional<LogicalType> value(LogicalType from) {
    if (from instanceof MapOf map) {
      return Optional.of(map.value());
    }
    return from == Primitive.UNTYPED ? Optional.of(from) : Optional.empty();
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
          throw new UnfitValueException("the number is no 32-bit floating-point number", value);
        }
        return (float) wide;
      };
    }
    if (to instanceof DateType && from == Primitive.DATE) {
      return value -> {
        int days = (Integer) value;
        return finite(value, days == Integer.MAX_VALUE || days == Integer.MIN_VALUE, "date");
      };
    }
    boolean timestamp = from == Primitive.TIMESTAMP || from == Primitive.TIMESTAMPTZ;
    if (timestamp && (to instanceof TimestampType || to instanceof TimestampNTZType)) {
      return value -> {
        long micros = (Long) value;
        return finite(value, micros == Long.MAX_VALUE || micros == Long.MIN_VALUE, "timestamp");
      };
    }
    return null;
  }

  private static CellConverter each(CellConverter element) {
    return value -> {
      if (!(value instanceof List<?> list)) {
        throw new UnfitValueException("the value is no array", value);
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
        throw new UnfitValueException("the value is no map", value);
      }
      Map<Object, Object> converted = new LinkedHashMap<>();
      map.forEach((key, item) -> converted.put(key, item == null ? null : element.convert(item)));
      return converted;
    };
  }

  static Object finite(Object value, boolean infinite, String kind) {
    if (infinite) {
      throw new IllegalArgumentException(
          "Delta has no infinite " + kind + "; store it as text at the source, or exclude it");
    }
    return value;
  }
}
