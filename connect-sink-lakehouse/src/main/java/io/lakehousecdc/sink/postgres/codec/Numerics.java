// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * The encoder of PostgreSQL's binary numeric: count of digits, weight of the first, sign, display
 * scale, and digits to the base 10,000.
 *
 * @see <a
 *     href="https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/numeric.c">numeric.c:
 *     numeric_recv</a>
 */
final class Numerics {
  private static final int POSITIVE = 0x0000;
  private static final int NEGATIVE = 0x4000;
  private static final int NAN = 0xC000;
  private static final int POSITIVE_INFINITY = 0xD000;
  private static final int NEGATIVE_INFINITY = 0xF000;
  private static final int MAX_DISPLAY_SCALE = 0x3FFF;
  private static final int GROUP = 4;
  private static final long[] POWERS = {1, 10, 100, 1_000};

  private Numerics() {}

  /** Not-a-number and the infinities, which a {@link BigDecimal} cannot be. */
  enum Special {
    NOT_A_NUMBER(NAN),
    POSITIVE(POSITIVE_INFINITY),
    NEGATIVE(NEGATIVE_INFINITY);

    private final int sign;

    Special(int sign) {
      this.sign = sign;
    }

    /** Special value that a text means, as PostgreSQL or Debezium spells it; null where none. */
    static Special of(String text) {
      return switch (text.trim().toUpperCase(java.util.Locale.ROOT)) {
        case "NAN" -> NOT_A_NUMBER;
        case "INFINITY", "+INFINITY", "INF", "+INF", "POSITIVE_INFINITY" -> POSITIVE;
        case "-INFINITY", "-INF", "NEGATIVE_INFINITY" -> NEGATIVE;
        default -> null;
      };
    }
  }

  static void write(Special value, CopyBuffer out) {
    out.int32(8).int16(0).int16(0).int16(value.sign).int16(0);
  }

  static void write(BigDecimal value, CopyBuffer out) {
    BigDecimal number = value.scale() < 0 ? value.setScale(0) : value;
    int scale = number.scale();
    if (scale > MAX_DISPLAY_SCALE) {
      throw new UnfitValueException(
          "the number has " + scale + " fraction digits; 16383 is the most");
    }
    int sign = number.signum() < 0 ? NEGATIVE : POSITIVE;
    int padding = (GROUP - scale % GROUP) % GROUP;
    int fractionGroups = (scale + padding) / GROUP;
    BigInteger unscaled = number.unscaledValue();
    if (unscaled.bitLength() <= 52) {
      writeSmall(
          Math.abs(unscaled.longValue()) * POWERS[padding], fractionGroups, sign, scale, out);
    } else {
      writeLarge(unscaled.abs().toString() + "0".repeat(padding), fractionGroups, sign, scale, out);
    }
  }

  private static void writeSmall(
      long magnitude, int fractionGroups, int sign, int scale, CopyBuffer out) {
    if (magnitude == 0) {
      out.int32(8).int16(0).int16(0).int16(POSITIVE).int16(scale);
      return;
    }
    long rest = magnitude;
    int trailing = 0;
    while (rest % 10_000 == 0) {
      rest /= 10_000;
      trailing++;
    }
    int digits = 1;
    long unit = 1;
    while (rest / unit >= 10_000) {
      unit *= 10_000;
      digits++;
    }
    header(digits, digits + trailing - fractionGroups - 1, sign, scale, out);
    for (; unit > 0; unit /= 10_000) {
      out.int16((int) (rest / unit % 10_000));
    }
  }

  private static void writeLarge(
      String decimal, int fractionGroups, int sign, int scale, CopyBuffer out) {
    int groups = (decimal.length() + GROUP - 1) / GROUP;
    int weight = groups - fractionGroups - 1;
    if (weight > Short.MAX_VALUE) {
      throw new UnfitValueException("the number has more digits than a numeric holds");
    }
    int begin = out.size();
    header(groups, weight, sign, scale, out);
    int from = 0;
    for (int group = 0; group < groups; group++) {
      int to = decimal.length() - (groups - 1 - group) * GROUP;
      out.int16(Integer.parseInt(decimal, from, to, 10));
      from = to;
    }
    if (out.size() - begin - 12 > 2 * Short.MAX_VALUE) {
      throw new UnfitValueException("the number has more digits than a numeric holds");
    }
  }

  private static void header(int digits, int weight, int sign, int scale, CopyBuffer out) {
    out.int32(8 + 2 * digits).int16(digits).int16(weight).int16(sign).int16(scale);
  }
}
