// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * The digits of a decimal number as PostgreSQL has them, to the base of 10,000, without zeros at
 * both ends and without the sign.
 *
 * @param bytes two for each digit, the lower first; the digit of the highest weight first
 * @param weight power of 10,000 by which the first digit counts
 * @see <a
 *     href="https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/utils/adt/numeric.c">numeric.c</a>
 */
record DecimalDigits(byte[] bytes, int weight) {
  private static final int BASE = 10_000;
  private static final int BASE_DIGITS = 4;
  private static final BigInteger BIG_BASE = BigInteger.valueOf(BASE);
  private static final int LONG_BITS = 63;

  /** Bits that a digit to the base has at least. */
  private static final int BASE_BITS = 13;

  /** More digits to the base than a 64-bit integer has. */
  private static final int LONG_DIGITS = 5;

  /**
   * Digits of a number.
   *
   * @param value not zero
   */
  static DecimalDigits of(BigDecimal value) {
    int fraction = Math.max(0, -Math.floorDiv(-value.scale(), BASE_DIGITS));
    BigInteger shifted = value.setScale(fraction * BASE_DIGITS).unscaledValue().abs();
    Digits digits = shifted.bitLength() <= LONG_BITS ? small(shifted.longValue()) : large(shifted);
    return digits.from(fraction);
  }

  private static Digits small(long number) {
    Digits digits = new Digits(LONG_DIGITS);
    for (long left = number; left != 0; left /= BASE) {
      digits.add((int) (left % BASE));
    }
    return digits;
  }

  private static Digits large(BigInteger number) {
    Digits digits = new Digits(number.bitLength() / BASE_BITS + 1);
    BigInteger left = number;
    while (left.signum() != 0) {
      BigInteger[] parts = left.divideAndRemainder(BIG_BASE);
      digits.add(parts[1].intValue());
      left = parts[0];
    }
    return digits;
  }

  /** Digits that come the lowest first; those at the low end that are zero are left out. */
  private static final class Digits {
    private final byte[] bytes;
    private int begin;
    private int zeros;

    Digits(int most) {
      bytes = new byte[2 * most];
      begin = bytes.length;
    }

    void add(int digit) {
      if (digit == 0 && begin == bytes.length) {
        zeros++;
        return;
      }
      begin -= 2;
      bytes[begin] = (byte) digit;
      bytes[begin + 1] = (byte) (digit >> 8);
    }

    /** The number, of which some digits are of its fraction. */
    DecimalDigits from(int fraction) {
      int count = (bytes.length - begin) / 2;
      return new DecimalDigits(
          Arrays.copyOfRange(bytes, begin, bytes.length), count + zeros - fraction - 1);
    }
  }
}
