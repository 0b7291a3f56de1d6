// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

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
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;

/**
 * The decoder of stored values into those of the type that the column has now, which may be wider
 * than the one it was written with. One function per form of storage; the one for the column's form
 * is set.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md#type-widening">Delta
 *     protocol: Type Widening</a>
 */
record ValueDecoder(
    IntFunction<Object> int32,
    LongFunction<Object> int64,
    Function<Float, Object> float32,
    Function<Binary, Object> binary) {

  private static final long MICROS_PER_DAY = 86_400_000_000L;

  /**
   * @throws IllegalArgumentException values stored so cannot be read as {@code type}
   */
  static ValueDecoder of(PrimitiveType stored, DataType type) {
    ValueDecoder decoder =
        switch (stored.getPrimitiveTypeName()) {
          case BOOLEAN ->
              type instanceof BooleanType ? new ValueDecoder(null, null, null, null) : null;
          case INT32 -> ofInt(int32(stored, type));
          case INT64 -> ofLong(int64(stored, type));
          case FLOAT -> ofFloat(float32(type));
          case DOUBLE ->
              type instanceof DoubleType ? new ValueDecoder(null, null, null, null) : null;
          case INT96 -> isTimestamp(type) ? ofBinary(Int96::micros) : null;
          case BINARY, FIXED_LEN_BYTE_ARRAY -> ofBinary(binary(stored, type));
        };
    if (decoder == null) {
      throw new IllegalArgumentException(
          "A Parquet column stored as " + stored + " cannot be read as " + type);
    }
    return decoder;
  }

  private static ValueDecoder ofInt(IntFunction<Object> decode) {
    return decode == null ? null : new ValueDecoder(decode, null, null, null);
  }

  private static ValueDecoder ofLong(LongFunction<Object> decode) {
    return decode == null ? null : new ValueDecoder(null, decode, null, null);
  }

  private static ValueDecoder ofFloat(Function<Float, Object> decode) {
    return decode == null ? null : new ValueDecoder(null, null, decode, null);
  }

  private static ValueDecoder ofBinary(Function<Binary, Object> decode) {
    return decode == null ? null : new ValueDecoder(null, null, null, decode);
  }

  private static IntFunction<Object> int32(PrimitiveType stored, DataType type) {
    if (type instanceof DecimalType decimal) {
      int scale = scale(stored);
      return value -> Decimals.of(value, scale, decimal.getScale());
    }
    boolean date =
        stored.getLogicalTypeAnnotation()
            instanceof LogicalTypeAnnotation.DateLogicalTypeAnnotation;
    if (type instanceof DateType) {
      return value -> value;
    }
    if (type instanceof TimestampNTZType && date) {
      return value -> value * MICROS_PER_DAY;
    }
    if (type instanceof ByteType) {
      return value -> (byte) value;
    }
    if (type instanceof ShortType) {
      return value -> (short) value;
    }
    if (type instanceof IntegerType) {
      return value -> value;
    }
    if (type instanceof LongType) {
      return value -> (long) value;
    }
    return type instanceof DoubleType ? value -> (double) value : null;
  }

  private static LongFunction<Object> int64(PrimitiveType stored, DataType type) {
    if (type instanceof DecimalType decimal) {
      int scale = scale(stored);
      return value -> Decimals.of(value, scale, decimal.getScale());
    }
    if (type instanceof LongType) {
      return value -> value;
    }
    if (!isTimestamp(type)
        || !(stored.getLogicalTypeAnnotation() instanceof TimestampLogicalTypeAnnotation time)) {
      return null;
    }
    return switch (time.getUnit()) {
      case MICROS -> value -> value;
      case MILLIS -> value -> Math.multiplyExact(value, 1000L);
      case NANOS -> value -> Math.floorDiv(value, 1000L);
    };
  }

  private static Function<Float, Object> float32(DataType type) {
    if (type instanceof FloatType) {
      return value -> value;
    }
    return type instanceof DoubleType ? value -> (double) value : null;
  }

  private static Function<Binary, Object> binary(PrimitiveType stored, DataType type) {
    if (type instanceof StringType) {
      return Binary::toStringUsingUTF8;
    }
    if (type instanceof BinaryType) {
      return Binary::getBytes;
    }
    if (type instanceof DecimalType decimal) {
      int scale = scale(stored);
      return value -> Decimals.of(value, scale, decimal.getScale());
    }
    return null;
  }

  /** Scale of stored decimals; 0 for integers, which a decimal column may have been. */
  private static int scale(PrimitiveType stored) {
    return stored.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation decimal
        ? decimal.getScale()
        : 0;
  }

  private static boolean isTimestamp(DataType type) {
    return type instanceof TimestampType || type instanceof TimestampNTZType;
  }
}
