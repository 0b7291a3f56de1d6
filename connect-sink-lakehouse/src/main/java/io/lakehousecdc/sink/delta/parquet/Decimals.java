// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.delta.kernel.types.DecimalType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType;

/** Decimals in their three stored forms. */
final class Decimals {
  private Decimals() {}

  static ValueWriter writer(DecimalType type, PrimitiveType stored) {
    int precision = type.getPrecision();
    int scale = type.getScale();
    return switch (stored.getPrimitiveTypeName()) {
      case INT32 ->
          (value, to) -> to.addInteger(fitted(value, precision, scale).unscaledValue().intValue());
      case INT64 ->
          (value, to) -> to.addLong(fitted(value, precision, scale).unscaledValue().longValue());
      default -> {
        int length = stored.getTypeLength();
        yield (value, to) -> to.addBinary(fixed(fitted(value, precision, scale), length));
      }
    };
  }

  /** The number in two's complement, big endian, in exactly {@code length} bytes. */
  private static Binary fixed(BigDecimal value, int length) {
    byte[] shortest = value.unscaledValue().toByteArray();
    byte[] bytes = new byte[length];
    int padding = length - shortest.length;
    if (shortest[0] < 0) {
      Arrays.fill(bytes, 0, padding, (byte) -1);
    }
    System.arraycopy(shortest, 0, bytes, padding, shortest.length);
    return Binary.fromConstantByteArray(bytes);
  }

  private static BigDecimal fitted(Object value, int precision, int scale) {
    BigDecimal number = ((BigDecimal) value).setScale(scale, RoundingMode.UNNECESSARY);
    if (number.precision() > precision) {
      throw new ArithmeticException("more than " + precision + " digits");
    }
    return number;
  }

  /** A stored number, brought to the scale that the column has now. */
  static BigDecimal of(long unscaled, int storedScale, int scale) {
    return BigDecimal.valueOf(unscaled, storedScale).setScale(scale, RoundingMode.UNNECESSARY);
  }

  /** As {@link #of(long, int, int)}, from two's complement. */
  static BigDecimal of(Binary unscaled, int storedScale, int scale) {
    return new BigDecimal(new BigInteger(unscaled.getBytesUnsafe()), storedScale)
        .setScale(scale, RoundingMode.UNNECESSARY);
  }
}
