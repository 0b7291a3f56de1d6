// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.delta.kernel.types.DecimalType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.apache.parquet.io.api.Binary;

/** The conversions between decimals and their stored forms. */
final class Decimals {
  private static final long[] POWERS_OF_TEN =
      LongStream.iterate(1, power -> 10 * power)
          .limit(ParquetTypes.MAX_DIGITS_OF_INT64 + 1)
          .toArray();

  private Decimals() {}

  /**
   * The unscaled value of a number at the scale of {@code type}.
   *
   * @throws ArithmeticException the number does not fit the type
   */
  static BigInteger unscaled(Object value, DecimalType type) {
    BigDecimal number = ((BigDecimal) value).setScale(type.getScale(), RoundingMode.UNNECESSARY);
    if (number.precision() > type.getPrecision()) {
      throw new ArithmeticException("more than " + type.getPrecision() + " digits");
    }
    return number.unscaledValue();
  }

  /**
   * As {@link #unscaled}, of a type of at most {@link ParquetTypes#MAX_DIGITS_OF_INT64} digits.
   *
   * @throws ArithmeticException the number does not fit the type
   */
  static long unscaledLong(Object value, DecimalType type) {
    BigDecimal number = (BigDecimal) value;
    long unscaled = number.scaleByPowerOfTen(type.getScale()).longValueExact();
    long limit = POWERS_OF_TEN[type.getPrecision()];
    if (unscaled <= -limit || unscaled >= limit) {
      throw new ArithmeticException("more than " + type.getPrecision() + " digits");
    }
    return unscaled;
  }

  /** The number in two's complement, big endian, in exactly {@code length} bytes. */
  static byte[] fixed(BigInteger unscaled, int length) {
    byte[] shortest = unscaled.toByteArray();
    byte[] bytes = new byte[length];
    int padding = length - shortest.length;
    if (shortest[0] < 0) {
      Arrays.fill(bytes, 0, padding, (byte) -1);
    }
    System.arraycopy(shortest, 0, bytes, padding, shortest.length);
    return bytes;
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
