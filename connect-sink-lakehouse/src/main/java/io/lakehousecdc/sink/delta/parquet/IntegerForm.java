// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;

/** The integers of up to 64 bits as which values of one type are stored. */
@FunctionalInterface
interface IntegerForm {

  /**
   * The integer of a value that is not null.
   *
   * @throws ClassCastException the value is not of the type's class
   * @throws ArithmeticException the value does not fit the type
   */
  long of(Object value);

  /**
   * The form of a type's values.
   *
   * @throws IllegalArgumentException they are not stored as integers
   */
  static IntegerForm of(DataType type) {
    if (type instanceof LongType) {
      return Integers::widened;
    }
    if (type instanceof TimestampNTZType || type instanceof TimestampType) {
      return value -> (Long) value;
    }
    if (type instanceof DecimalType decimal) {
      return value -> Decimals.unscaledLong(value, decimal);
    }
    return Integers.range(type)::checked;
  }
}
