// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import java.math.BigInteger;

/** Conversions of values of schemaless data. */
public final class Untyped {
  private Untyped() {}

  /** Integers as Long, fractions as Double; text, lists and maps as they are. */
  static Object canonical(Object value) {
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof Float number) {
      return number.doubleValue();
    }
    if (value instanceof BigInteger number) {
      return new java.math.BigDecimal(number);
    }
    return value;
  }

  /**
   * A schemaless key value as a value of the row's typed column, so that keys equal row values.
   *
   * @throws DecodeException if the conversion is not certain
   */
  public static Object as(LogicalType type, Object value) {
    if (value == null || type == Primitive.UNTYPED) {
      return value;
    }
    if (value instanceof Long number) {
      if (type == Primitive.INT64) {
        return number;
      }
      if (type == Primitive.INT32 && number == number.intValue()) {
        return number.intValue();
      }
      if (type == Primitive.INT16 && number == number.shortValue()) {
        return number.shortValue();
      }
    }
    if (value instanceof String
        && (type == Primitive.TEXT
            || type == Primitive.UUID
            || type instanceof LogicalType.Named)) {
      return value;
    }
    throw new DecodeException(
        "The key has no schema and its value cannot be read as "
            + type
            + " with certainty. Give keys a schema: the same converter settings for key.converter"
            + " as for value.converter.");
  }
}
