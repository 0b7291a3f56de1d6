// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * A parser of dates and times that arrive as ISO-8601 text: {@code 2026-11-21T03:34:52.235829Z},
 * with signed years of any length, 0 to 9 fraction digits, and {@code Z} or a numeric offset; also
 * {@code infinity} and {@code -infinity}. Timestamps of the usual form are read by {@link UtcText}.
 */
public final class TemporalText {
  private final String text;
  private int at;

  private TemporalText(String text) {
    this.text = text;
  }

  /** Microseconds since 1970-01-01T00:00:00Z. */
  public static Long timestamp(String text) {
    long micros = UtcText.micros(text);
    if (micros != UtcText.OTHER) {
      return micros;
    }
    if (text.equals("infinity")) {
      return Long.MAX_VALUE;
    }
    if (text.equals("-infinity")) {
      return Long.MIN_VALUE;
    }
    return new TemporalText(text).readTimestamp();
  }

  /** Days since 1970; a trailing {@code Z} or offset is ignored. */
  static Integer date(String text) {
    if (text.equals("infinity")) {
      return Integer.MAX_VALUE;
    }
    if (text.equals("-infinity")) {
      return Integer.MIN_VALUE;
    }
    TemporalText parser = new TemporalText(text);
    long days = parser.readDate();
    parser.readOffset();
    parser.end();
    return Temporal.days(days);
  }

  /** Microseconds of the day; a trailing {@code Z} is ignored. */
  static Long time(String text) {
    TemporalText parser = new TemporalText(text);
    long micros = parser.readTime();
    parser.readOffset();
    parser.end();
    return Temporal.time(micros);
  }

  private Long readTimestamp() {
    long days = readDate();
    if (at >= text.length() || (text.charAt(at) != 'T' && text.charAt(at) != ' ')) {
      throw malformed();
    }
    at++;
    long micros = readTime();
    long offset = readOffset();
    end();
    return Temporal.timestamp(days, micros - offset * 1_000_000, text);
  }

  private long readDate() {
    boolean signed = at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+');
    boolean negative = signed && text.charAt(at) == '-';
    if (signed) {
      at++;
    }
    int year = digits(4, 9);
    expect('-');
    int month = digits(2, 2);
    expect('-');
    int day = digits(2, 2);
    try {
      return LocalDate.of(negative ? -year : year, month, day).toEpochDay();
    } catch (DateTimeException e) {
      throw malformed();
    }
  }

  private long readTime() {
    int hour = digits(2, 2);
    expect(':');
    int minute = digits(2, 2);
    int second = 0;
    long nanos = 0;
    if (accept(':')) {
      second = digits(2, 2);
      if (accept('.')) {
        int start = at;
        nanos = digits(1, 9);
        for (int digit = at - start; digit < 9; digit++) {
          nanos *= 10;
        }
      }
    }
    if (minute > 59 || second > 59) {
      throw malformed();
    }
    return ((hour * 60L + minute) * 60 + second) * 1_000_000 + Temporal.wholeMicros(nanos);
  }

  /** Offset from UTC in seconds; 0 if none is given. */
  private long readOffset() {
    if (at >= text.length() || accept('Z')) {
      return 0;
    }
    boolean negative = accept('-');
    if (!negative) {
      expect('+');
    }
    long seconds = digits(2, 2) * 3_600L;
    if (accept(':')) {
      seconds += digits(2, 2) * 60L;
      if (accept(':')) {
        seconds += digits(2, 2);
      }
    }
    return negative ? -seconds : seconds;
  }

  private int digits(int least, int most) {
    int start = at;
    int value = 0;
    while (at < text.length() && at - start < most) {
      int digit = text.charAt(at) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      value = value * 10 + digit;
      at++;
    }
    if (at - start < least) {
      throw malformed();
    }
    return value;
  }

  private boolean accept(char expected) {
    if (at < text.length() && text.charAt(at) == expected) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char expected) {
    if (!accept(expected)) {
      throw malformed();
    }
  }

  private void end() {
    if (at != text.length()) {
      throw malformed();
    }
  }

  private DecodeException malformed() {
    return new DecodeException("The text is not ISO-8601.", text);
  }
}
