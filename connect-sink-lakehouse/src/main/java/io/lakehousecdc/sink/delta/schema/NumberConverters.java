// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.SchemalessNumbers;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/** The conversions to integers and decimals. */
final class NumberConverters {
  private NumberConverters() {}

  /** Whether columns of the type hold integers. */
  static boolean isInteger(DataType type) {
    return type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType
        || type instanceof LongType;
  }

  /** The converter to a type of integers; empty where values of {@code from} are no numbers. */
  static Optional<CellConverter> integer(LogicalType from, DataType to) {
    if (from == Primitive.INT16 && to instanceof ShortType
        || from == Primitive.INT32 && to instanceof IntegerType
        || from == Primitive.INT64 && to instanceof LongType) {
      return Optional.of(value -> value);
    }
    return integral(from).map(number -> narrowed(number, to));
  }

  private static CellConverter narrowed(CellConverter number, DataType to) {
    if (to instanceof ByteType) {
      return value -> (byte) inRange(number.convert(value), Byte.MIN_VALUE, Byte.MAX_VALUE);
    }
    if (to instanceof ShortType) {
      return value -> (short) inRange(number.convert(value), Short.MIN_VALUE, Short.MAX_VALUE);
    }
    if (to instanceof IntegerType) {
      return value -> (int) inRange(number.convert(value), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    return number;
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
              throw new UnfitValueException("the number is no 64-bit integer", value);
            }
          });
    }
    return Optional.empty();
  }

  /** The converter to a decimal; empty where values of {@code from} are no numbers. */
  static Optional<CellConverter> decimal(LogicalType from, DecimalType to) {
    if (from == Primitive.UNTYPED) {
      return Optional.of(
          value ->
              fitted(
                  SchemalessNumbers.decimal(value, to.getScale()),
                  to.getPrecision(),
                  to.getScale()));
    }
    boolean numeric =
        from == Primitive.NUMERIC
            || from instanceof Decimal
            || from == Primitive.INT16
            || from == Primitive.INT32
            || from == Primitive.INT64;
    return numeric
        ? Optional.of(value -> fitted(number(value), to.getPrecision(), to.getScale()))
        : Optional.empty();
  }

  private static BigDecimal fitted(BigDecimal value, int precision, int scale) {
    BigDecimal scaled;
    try {
      scaled = value.setScale(scale, RoundingMode.UNNECESSARY);
    } catch (ArithmeticException e) {
      throw new UnfitValueException(
          "the number has more than " + scale + " fraction digits", value);
    }
    if (scaled.precision() > precision) {
      throw new UnfitValueException(
          "the number does not fit decimal(" + precision + "," + scale + ")", value);
    }
    return scaled;
  }

  private static long inRange(Object value, long least, long greatest) {
    long number = (Long) value;
    if (number < least || number > greatest) {
      throw new UnfitValueException(
          "the number is not between " + least + " and " + greatest, number);
    }
    return number;
  }

  /**
   * @throws IllegalArgumentException it is no number
   */
  static BigDecimal number(Object value) {
    if (value instanceof BigDecimal decimal) {
      return decimal;
    }
    try {
      return new BigDecimal(value.toString());
    } catch (NumberFormatException e) {
      throw new UnfitValueException("the text is no number", value);
    }
  }
}
