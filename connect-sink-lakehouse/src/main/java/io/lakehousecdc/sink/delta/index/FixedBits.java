// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;

/** Values that are their bits: a bijection between the values of a type and numbers. */
final class FixedBits {

  /** Bits that every value of a type fits, as a signed number; 0 for types without such a bound. */
  static int width(DataType type) {
    if (type instanceof BooleanType || type instanceof ByteType) {
      return Byte.SIZE;
    }
    if (type instanceof ShortType) {
      return Short.SIZE;
    }
    if (type instanceof IntegerType || type instanceof DateType || type instanceof FloatType) {
      return Integer.SIZE;
    }
    if (type instanceof LongType
        || type instanceof DoubleType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType) {
      return Long.SIZE;
    }
    return 0;
  }

  /**
   * The number of a value.
   *
   * @throws IllegalArgumentException values of its class have none
   */
  static long of(Object value) {
    if (value instanceof Long number) {
      return number;
    }
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    }
    if (value instanceof Double number) {
      return Double.doubleToLongBits(number);
    }
    if (value instanceof Float number) {
      return Float.floatToIntBits(number);
    }
    throw new IllegalArgumentException("Not a key value: " + value.getClass().getName());
  }

  private FixedBits() {}
}
