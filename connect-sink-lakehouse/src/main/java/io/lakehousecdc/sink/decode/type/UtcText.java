// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

/**
 * A reader of timestamps in the form in which Debezium sends nearly all: {@code
 * 2026-11-21T03:34:52.235829Z}, years of four digits, 0 to 6 fraction digits, UTC. Such columns are
 * read for every row, so it makes no objects. What has another form, or is no date or time, is left
 * to {@link TemporalText}.
 */
final class UtcText {
  /** What {@link #micros} gives for a text of another form; beyond all that it gives otherwise. */
  static final long OTHER = Long.MIN_VALUE;

  private static final int FRACTION = 20;
  private static final int SHORTEST = 20;
  private static final int LONGEST = 27;

  private static final long DAY_SECONDS = 86_400;

  /** Days from 0000-03-01 to 1970-01-01. */
  private static final int DAYS_TO_1970 = 719_468;

  private static final int DAYS_OF_400_YEARS = 146_097;

  /** What {@link #digits} gives where there is something else: too large for any check. */
  private static final int NO_NUMBER = 1_000_000_000;

  private UtcText() {}

  /** Microseconds since 1970-01-01T00:00:00Z; {@link #OTHER} for a text of another form. */
  static long micros(String text) {
    int length = text.length();
    if (length < SHORTEST
        || length > LONGEST
        || length == FRACTION + 1
        || text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || text.charAt(10) != 'T'
        || text.charAt(13) != ':'
        || text.charAt(16) != ':'
        || text.charAt(length - 1) != 'Z') {
      return OTHER;
    }
    int year = digits(text, 0, 4);
    int month = digits(text, 5, 7);
    int day = digits(text, 8, 10);
    int hour = digits(text, 11, 13);
    int minute = digits(text, 14, 16);
    int second = digits(text, 17, 19);
    int fraction = length == SHORTEST ? 0 : fraction(text, length - 1);
    boolean isTime = hour < 24 && minute < 60 && second < 60 && fraction < NO_NUMBER;
    if (!isTime || year > 9999 || !isDay(year, month, day)) {
      return OTHER;
    }
    long seconds = day(year, month, day) * DAY_SECONDS + (hour * 60L + minute) * 60 + second;
    return seconds * 1_000_000 + fraction;
  }

  private static int digits(String text, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return NO_NUMBER;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  private static int fraction(String text, int end) {
    int value = text.charAt(FRACTION - 1) == '.' ? digits(text, FRACTION, end) : NO_NUMBER;
    for (int i = end; value < NO_NUMBER && i < LONGEST - 1; i++) {
      value *= 10;
    }
    return value;
  }

  private static boolean isDay(int year, int month, int day) {
    if (month < 1 || month > 12 || day < 1) {
      return false;
    }
    return day
        <= switch (month) {
          case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
          case 4, 6, 9, 11 -> 30;
          default -> 31;
        };
  }

  /** Days since 1970, counted in years that begin in March, so that a leap day is the last one. */
  private static long day(int year, int month, int day) {
    int shifted = month > 2 ? year : year - 1;
    int era = Math.floorDiv(shifted, 400);
    int ofEra = shifted - era * 400;
    int ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int days = ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear;
    return (long) era * DAYS_OF_400_YEARS + days - DAYS_TO_1970;
  }
}
