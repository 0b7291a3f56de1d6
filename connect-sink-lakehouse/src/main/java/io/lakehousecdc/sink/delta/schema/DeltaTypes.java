// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

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
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.MapOf;
import io.lakehousecdc.sink.change.LogicalType.Named;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import java.util.Optional;

/**
 * The types of Delta columns: which type a created column gets, and what a column of a type means.
 * How values are brought into a column is {@link CellConverters}'s matter, which covers every pair
 * that {@link #columnFor} makes.
 */
public final class DeltaTypes {

  /** Greatest precision of a Delta decimal. */
  static final int MAX_PRECISION = 38;

  private DeltaTypes() {}

  /**
   * Type of a column created for values of {@code type}. Text wherever Delta has no type that holds
   * every value exactly: times of day, decimals of unbounded precision, JSON, UUIDs, ranges.
   *
   * @param oldReaders whether the table has to be readable for protocol 1, which knows no timestamp
   *     without time zone; such timestamps are then instants in UTC
   */
  public static DataType columnFor(LogicalType type, boolean oldReaders) {
    if (type instanceof Primitive primitive) {
      return switch (primitive) {
        case BOOLEAN -> BooleanType.BOOLEAN;
        case INT16 -> ShortType.SHORT;
        case INT32 -> IntegerType.INTEGER;
        case INT64 -> LongType.LONG;
        case FLOAT32 -> FloatType.FLOAT;
        case FLOAT64 -> DoubleType.DOUBLE;
        case BYTES -> BinaryType.BINARY;
        case DATE -> DateType.DATE;
        case TIMESTAMP -> oldReaders ? TimestampType.TIMESTAMP : TimestampNTZType.TIMESTAMP_NTZ;
        case TIMESTAMPTZ -> TimestampType.TIMESTAMP;
        case NUMERIC, TEXT, JSON, UUID, XML, TIME, TIMETZ, INTERVAL, UNTYPED -> StringType.STRING;
      };
    }
    if (type instanceof Decimal decimal) {
      int scale = Math.max(0, decimal.scale());
      int precision = Math.max(decimal.precision() + scale - decimal.scale(), scale);
      return precision <= MAX_PRECISION ? new DecimalType(precision, scale) : StringType.STRING;
    }
    if (type instanceof Array array) {
      return new ArrayType(columnFor(array.element(), oldReaders), true);
    }
    if (type instanceof MapOf map) {
      return new MapType(StringType.STRING, columnFor(map.value(), oldReaders), true);
    }
    return StringType.STRING;
  }

  /**
   * A column's type made as wide as another; empty where it would be text, which no other type
   * widens to. Whether elements of arrays may be NULL stays.
   */
  static Optional<DataType> widened(DataType stored, DataType wide) {
    if (stored instanceof ArrayType narrow && wide instanceof ArrayType array) {
      return widened(narrow.getElementType(), array.getElementType())
          .map(element -> new ArrayType(element, narrow.containsNull()));
    }
    return wide instanceof StringType ? Optional.empty() : Optional.of(wide);
  }

  /** Logical type nearest to a column's. */
  static LogicalType meaning(DataType type) {
    if (type instanceof BooleanType) {
      return Primitive.BOOLEAN;
    }
    if (type instanceof ByteType || type instanceof ShortType) {
      return Primitive.INT16;
    }
    if (type instanceof IntegerType) {
      return Primitive.INT32;
    }
    if (type instanceof LongType) {
      return Primitive.INT64;
    }
    if (type instanceof FloatType) {
      return Primitive.FLOAT32;
    }
    if (type instanceof DoubleType) {
      return Primitive.FLOAT64;
    }
    if (type instanceof DecimalType decimal) {
      return new Decimal(decimal.getPrecision(), decimal.getScale());
    }
    if (type instanceof StringType) {
      return Primitive.TEXT;
    }
    if (type instanceof BinaryType) {
      return Primitive.BYTES;
    }
    if (type instanceof DateType) {
      return Primitive.DATE;
    }
    if (type instanceof TimestampNTZType) {
      return Primitive.TIMESTAMP;
    }
    if (type instanceof TimestampType) {
      return Primitive.TIMESTAMPTZ;
    }
    if (type instanceof ArrayType array) {
      return new Array(meaning(array.getElementType()));
    }
    if (type instanceof MapType map && map.getKeyType() instanceof StringType) {
      return new MapOf(meaning(map.getValueType()));
    }
    return new Named(type.toString());
  }
}
