// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.StringType;
import java.nio.charset.StandardCharsets;
import org.apache.parquet.schema.PrimitiveType;

/** The bytes as which values of one type are stored. */
@FunctionalInterface
interface ByteForm {

  /**
   * The bytes of a value that is not null. Nobody changes them, but who has made the value may.
   *
   * @throws ClassCastException the value is not of the type's class
   * @throws ArithmeticException the value does not fit the type
   */
  byte[] of(Object value);

  /** The form of a type's values that are stored as {@code stored}, which is not an integer. */
  static ByteForm of(DataType type, PrimitiveType stored) {
    if (type instanceof StringType) {
      return value -> ((String) value).getBytes(StandardCharsets.UTF_8);
    }
    if (type instanceof BinaryType) {
      return value -> (byte[]) value;
    }
    if (type instanceof DecimalType decimal) {
      int length = stored.getTypeLength();
      return value -> Decimals.fixed(Decimals.unscaled(value, decimal), length);
    }
    return value -> Int96.of((Long) value);
  }
}
