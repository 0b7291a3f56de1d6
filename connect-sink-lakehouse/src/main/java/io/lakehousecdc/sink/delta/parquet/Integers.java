// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.ShortType;

/** Integers and the types that hold them. */
final class Integers {
  private Integers() {}

  /** Bounds of a type of up to 32 bits. */
  record Range(int least, int greatest) {

    /**
     * @throws ArithmeticException the value is outside
     */
    int checked(Object value) {
      long number = widened(value);
      if (number < least || number > greatest) {
        throw new ArithmeticException("not between " + least + " and " + greatest);
      }
      return (int) number;
    }
  }

  static Range range(DataType type) {
    if (type instanceof ByteType) {
      return new Range(Byte.MIN_VALUE, Byte.MAX_VALUE);
    }
    if (type instanceof ShortType) {
      return new Range(Short.MIN_VALUE, Short.MAX_VALUE);
    }
    if (type instanceof IntegerType || type instanceof DateType) {
      return new Range(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    throw new IllegalArgumentException("Type not supported: " + type);
  }

  /**
   * @throws ClassCastException the value is no integer
   */
  static long widened(Object value) {
    if (value instanceof Long || value instanceof Integer) {
      return ((Number) value).longValue();
    }
    if (value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    throw new ClassCastException(value.getClass().getName());
  }
}
