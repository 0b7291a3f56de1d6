// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import java.util.Set;

/**
 * Conversions of dates and times that arrive as numbers. These encodings do not define PostgreSQL's
 * infinities: Debezium writes numbers that depend on its version, the mode, and whether the row was
 * read by a snapshot or streamed. All known numbers are recognised; any other number outside of the
 * range of PostgreSQL's type is rejected.
 */
final class Temporal {
  /** PostgreSQL's first day, 4714-11-24 BC, in days since 1970. */
  private static final long FIRST_DAY = -2_440_588;

  /** PostgreSQL's last day of a date, 5874897-12-31. */
  private static final long LAST_DAY = 2_145_042_905;

  private static final long FIRST_MILLI = FIRST_DAY * 86_400_000;
  private static final long FIRST_MICRO = FIRST_MILLI * 1_000;

  /** Far below anything that PostgreSQL can hold, above every encoding of negative infinity. */
  private static final long NEGATIVE_INFINITE_MICRO = -9_000_000_000_000_000_000L;

  /** pgjdbc's milliseconds for infinity ({@code PGStatement.DATE_POSITIVE_INFINITY}). */
  private static final long DRIVER_INFINITY = 9_223_372_036_825_200_000L;

  private static final long DRIVER_NEGATIVE_INFINITY = -9_223_372_036_832_400_000L;

  private static final long DAY_MICROS = 86_400_000_000L;

  /**
   * Positive infinity as a date, in the encodings that Debezium uses, all truncated to 32 bits: the
   * one streamed by 3.7, Debezium's own constant -5877611-06-21, and pgjdbc's date of {@link
   * #DRIVER_INFINITY} in time zones to the west and to the east, which snapshots and arrays hold.
   * All but the constant were observed in 3.7.0.
   */
  private static final Set<Integer> INFINITE_DAYS =
      Set.of(Integer.MAX_VALUE, 2_146_033_979, -2_147_472_692, -622_191_234, -622_191_233);

  /** The same for negative infinity, for which 3.7 streams its constant -5877611-06-22. */
  private static final Set<Integer> NEGATIVE_INFINITE_DAYS =
      Set.of(Integer.MIN_VALUE, -2_147_472_691, -625_821_272, -625_821_271);

  private Temporal() {}

  /** Date from days since 1970. */
  static Integer days(long days) {
    int cut = (int) days;
    if (days >= FIRST_DAY && days <= LAST_DAY) {
      return cut;
    }
    if (INFINITE_DAYS.contains(cut)) {
      return Integer.MAX_VALUE;
    }
    if (NEGATIVE_INFINITE_DAYS.contains(cut)) {
      return Integer.MIN_VALUE;
    }
    throw new DecodeException(
        "The number of days since 1970 is no date that PostgreSQL can hold.", days);
  }

  static Integer days(java.util.Date date) {
    return days(Math.floorDiv(date.getTime(), 86_400_000L));
  }

  /** Timestamp from milliseconds since 1970. */
  static Long timestampOfMillis(long millis) {
    if (millis == Long.MAX_VALUE
        || millis == Long.MAX_VALUE / 1_000
        || millis == DRIVER_INFINITY
        || millis == DRIVER_INFINITY / 1_000) {
      return Long.MAX_VALUE;
    }
    if (millis <= NEGATIVE_INFINITE_MICRO / 1_000) {
      return Long.MIN_VALUE;
    }
    if (millis < FIRST_MILLI || millis > Long.MAX_VALUE / 1_000) {
      throw new DecodeException(
          "The number of milliseconds since 1970 is before PostgreSQL's first timestamp, or does"
              + " not fit into microseconds of 64 bits.",
          millis);
    }
    return millis * 1_000;
  }

  /** Timestamp from microseconds since 1970. */
  static Long timestampOfMicros(long micros) {
    if (micros == DRIVER_INFINITY) {
      return Long.MAX_VALUE;
    }
    if (micros <= NEGATIVE_INFINITE_MICRO) {
      return Long.MIN_VALUE;
    }
    if (micros < FIRST_MICRO) {
      throw new DecodeException(
          "The number of microseconds since 1970 is before PostgreSQL's first timestamp.", micros);
    }
    return micros;
  }

  /**
   * Timestamp from days and microseconds.
   *
   * @param text what they were read from
   */
  static Long timestamp(long days, long micros, Object text) {
    try {
      return timestampOfMicros(Math.addExact(Math.multiplyExact(days, DAY_MICROS), micros));
    } catch (ArithmeticException e) {
      long millis = days * 86_400_000 + micros / 1_000;
      if (millis == DRIVER_INFINITY) {
        return Long.MAX_VALUE;
      }
      if (millis == DRIVER_NEGATIVE_INFINITY) {
        return Long.MIN_VALUE;
      }
      throw new DecodeException("The time does not fit into microseconds of 64 bits.", text);
    }
  }

  /** Timestamp from nanoseconds since 1970. */
  static Long timestampOfNanos(long nanos) {
    if (nanos == Long.MAX_VALUE || nanos == Long.MIN_VALUE) {
      return nanos;
    }
    return wholeMicros(nanos);
  }

  /** Time of day from milliseconds. */
  static Long timeOfMillis(long millis) {
    return time(millis * 1_000);
  }

  /** Time of day from nanoseconds. */
  static Long timeOfNanos(long nanos) {
    return time(wholeMicros(nanos));
  }

  /** Time of day from microseconds. */
  static Long time(long micros) {
    if (micros < 0 || micros > DAY_MICROS) {
      throw new DecodeException("The number of microseconds is no time of day.", micros);
    }
    return micros;
  }

  /** Duration in seconds and fractions; larger units are lost at the source. */
  static String duration(long micros) {
    StringBuilder text = new StringBuilder("PT");
    long seconds = micros / 1_000_000;
    if (micros < 0) {
      text.append('-');
    }
    text.append(Math.abs(seconds));
    fraction(text, Math.abs(micros % 1_000_000));
    return text.append('S').toString();
  }

  static long wholeMicros(long nanos) {
    if (nanos % 1_000 != 0) {
      throw new DecodeException(
          "The number of nanoseconds is finer than the microsecond, which is all that PostgreSQL"
              + " and this sink keep. Round it at the source.",
          nanos);
    }
    return nanos / 1_000;
  }

  /** Appends a fraction of a second without trailing zeros; nothing where it is zero. */
  static void fraction(StringBuilder text, long micros) {
    if (micros != 0) {
      String digits = Long.toString(1_000_000 + micros).substring(1);
      int end = digits.length();
      while (digits.charAt(end - 1) == '0') {
        end--;
      }
      text.append('.').append(digits, 0, end);
    }
  }
}
