// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * The unit of the whole numbers that stand for times of day and timestamps in schemaless JSON
 * ({@code schemaless.time.unit}). Such a number does not tell its unit: Debezium's {@code
 * time.precision.mode} decides, and in its adaptive modes the precision of the source's column.
 */
public enum SchemalessTime {
  /**
   * As {@link #ADAPTIVE}, but a number is refused where it may well be of another unit: a timestamp
   * that comes to lie near 1970, or beyond the year 9999; a time of day that is within a day in
   * milliseconds, too.
   */
  AUTO,
  /** Milliseconds for columns of at most three fraction digits, else microseconds. */
  ADAPTIVE,
  /** Milliseconds, {@code time.precision.mode=connect}. */
  MILLISECONDS,
  /** Microseconds. */
  MICROSECONDS,
  /** Nanoseconds. */
  NANOSECONDS;

  private static final long DAY_MICROS = 86_400_000_000L;
  private static final long DAY_MILLIS = 86_400_000L;

  /**
   * Milliseconds of the years up to 3000, taken for microseconds, are nearer to 1970 than this.
   * Dates that are out of all bounds are often of the year 2999, 3000 or 9999.
   */
  private static final long NEAR_1970 = Duration.ofDays(400).toNanos() / 1_000;

  private static final long YEAR_9999_MILLIS = millis(9999);
  private static final long YEAR_10000_MILLIS = millis(10_000);

  /** How pgjdbc, and so rows of some snapshots, write infinity ({@code PGStatement}). */
  private static final long DRIVER_INFINITY = 9_223_372_036_825_200_000L;

  private static final long DRIVER_NEGATIVE_INFINITY = -9_223_372_036_832_400_000L;

  private static final String REMEDY =
      ". Set schemaless.time.unit to what the source sends (its time.precision.mode), or send"
          + " schemas with the values";

  private static long millis(int year) {
    return LocalDateTime.of(year, 1, 1, 0, 0).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  /**
   * Microseconds since 1970; {@link Long#MAX_VALUE} and {@link Long#MIN_VALUE} for infinity.
   *
   * @param digits fraction digits of the column's seconds
   * @throws IllegalArgumentException the number does not fit, or its unit is not certain; the
   *     message holds no value
   */
  public long timestamp(long count, int digits) {
    if (count == Long.MAX_VALUE || count == DRIVER_INFINITY) {
      return Long.MAX_VALUE;
    }
    if (count == Long.MIN_VALUE || count == DRIVER_NEGATIVE_INFINITY) {
      return Long.MIN_VALUE;
    }
    SchemalessTime unit = unit(digits);
    long micros = unit.micros(count);
    if (this == AUTO && isDoubtful(unit, count, micros)) {
      throw new IllegalArgumentException(
          "the number has no certain unit: in "
              + unit.name().toLowerCase(Locale.ROOT)
              + " it is near 1970 or beyond the year 9999, and may be meant in others"
              + REMEDY);
    }
    return micros;
  }

  /**
   * Microseconds since 1970 of an ISO-8601 text, with an offset or without (UTC); {@link
   * Long#MAX_VALUE} and {@link Long#MIN_VALUE} for {@code infinity} and {@code -infinity}.
   *
   * @throws IllegalArgumentException it is no timestamp, finer than the microsecond or out of
   *     range; the message holds no value
   */
  public static long timestamp(String text) {
    String time = text.strip();
    if (time.equals("infinity") || time.equals("-infinity")) {
      return time.startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    boolean isZoned =
        time.endsWith("Z") || time.lastIndexOf('+') > 10 || time.lastIndexOf('-') > 10;
    try {
      Instant instant =
          isZoned
              ? OffsetDateTime.parse(time).toInstant()
              : LocalDateTime.parse(time.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
      if (instant.getNano() % 1_000 != 0) {
        throw new IllegalArgumentException("the timestamp is finer than the microsecond");
      }
      // ChronoUnit.MICROS counts in nanoseconds, which end in 2262.
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("the text is no date or time", e);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("the timestamp is out of range", e);
    }
  }

  private static boolean isDoubtful(SchemalessTime unit, long count, long micros) {
    boolean near1970 = micros != 0 && Math.abs(micros) < NEAR_1970;
    boolean beyond = micros >= YEAR_10000_MILLIS * 1_000;
    boolean lastYear =
        unit == MICROSECONDS && count >= YEAR_9999_MILLIS && count < YEAR_10000_MILLIS;
    return near1970 || beyond || lastYear;
  }

  /**
   * Microseconds of the day.
   *
   * @param digits fraction digits of the column's seconds
   * @throws IllegalArgumentException the number is no time of day, or its unit is not certain; the
   *     message holds no value
   */
  public long timeOfDay(long count, int digits) {
    SchemalessTime unit = unit(digits);
    long micros = unit.micros(count);
    if (micros < 0 || micros > DAY_MICROS) {
      throw new IllegalArgumentException(
          "the number is no time of day in " + unit.name().toLowerCase(Locale.ROOT) + REMEDY);
    }
    if (this == AUTO && unit == MICROSECONDS && count > 0 && count <= DAY_MILLIS) {
      throw new IllegalArgumentException(
          "the number has no certain unit: it is a time of day in microseconds and in milliseconds"
              + REMEDY);
    }
    return micros;
  }

  private SchemalessTime unit(int digits) {
    return switch (this) {
      case AUTO, ADAPTIVE -> digits <= 3 ? MILLISECONDS : MICROSECONDS;
      default -> this;
    };
  }

  private long micros(long count) {
    if (this == NANOSECONDS) {
      if (count % 1_000 != 0) {
        throw new IllegalArgumentException("the number is finer than the microsecond");
      }
      return count / 1_000;
    }
    try {
      return this == MILLISECONDS ? Math.multiplyExact(count, 1_000L) : count;
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "the number is out of the range of timestamps" + REMEDY, e);
    }
  }
}
