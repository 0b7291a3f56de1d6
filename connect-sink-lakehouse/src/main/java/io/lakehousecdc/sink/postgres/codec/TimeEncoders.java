// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.postgres.catalog.PgType;
import java.util.regex.Pattern;

/**
 * Encoders of dates and times, which PostgreSQL counts from 2000-01-01.
 *
 * @see <a
 *     href="https://github.com/postgres/postgres/blob/master/src/include/datatype/timestamp.h">timestamp.h:
 *     limits and infinities</a>
 */
final class TimeEncoders {
  private static final int EPOCH_DAYS = 10_957;
  private static final long EPOCH_MICROS = 946_684_800_000_000L;
  private static final long MIN_DATE = -2_451_545;
  private static final long END_DATE = 2_145_031_949;
  private static final long MIN_TIMESTAMP = -211_813_488_000_000_000L;
  private static final long END_TIMESTAMP = 9_223_371_331_200_000_000L;
  private static final long DAY_MICROS = 86_400_000_000L;
  private static final long[] MICROS_OF_DIGIT = {1_000_000, 100_000, 10_000, 1_000, 100, 10, 1};

  private TimeEncoders() {}

  static void date(Object value, CopyBuffer out) {
    int days = (Integer) value;
    if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
      out.int32(4).int32(days);
      return;
    }
    long since2000 = (long) days - EPOCH_DAYS;
    if (since2000 < MIN_DATE || since2000 >= END_DATE) {
      throw new UnfitValueException("the date is out of range", days);
    }
    out.int32(4).int32((int) since2000);
  }

  static Encoder time(PgType type) {
    long unit = unit(type);
    return (value, out) -> {
      long micros = (Long) value;
      if (micros < 0 || micros > DAY_MICROS) {
        throw new UnfitValueException("the number of microseconds is no time of day", micros);
      }
      out.int32(8).int64(exact(micros, unit, type));
    };
  }

  /** Timestamps with or without time zone. */
  static Encoder timestamp(PgType type) {
    long unit = unit(type);
    return (value, out) -> {
      long micros = (Long) value;
      if (micros != Long.MAX_VALUE && micros != Long.MIN_VALUE) {
        if (micros < MIN_TIMESTAMP + EPOCH_MICROS) {
          throw outOfRange(micros);
        }
        micros = exact(micros, unit, type) - EPOCH_MICROS;
        if (micros >= END_TIMESTAMP) {
          throw outOfRange(micros + EPOCH_MICROS);
        }
      }
      out.int32(8).int64(micros);
    };
  }

  /** Midnight of a date, as a timestamp. */
  static Encoder dateAsTimestamp(PgType type) {
    Encoder timestamp = timestamp(type);
    return (value, out) -> {
      int days = (Integer) value;
      long micros;
      if (days == Integer.MAX_VALUE) {
        micros = Long.MAX_VALUE;
      } else if (days == Integer.MIN_VALUE) {
        micros = Long.MIN_VALUE;
      } else if (Math.abs((long) days) > Long.MAX_VALUE / DAY_MICROS) {
        throw new UnfitValueException("the date is out of range", days);
      } else {
        micros = days * DAY_MICROS;
      }
      timestamp.write(micros, out);
    };
  }

  /** Text that the server reads; it would round seconds to the column's precision in silence. */
  static Encoder text(LogicalType incoming, PgType type) {
    Encoder text = Encoders.text(incoming, Integer.MAX_VALUE);
    int digits = type.secondsPrecision();
    if (digits >= 6) {
      return text;
    }
    Pattern finer = Pattern.compile(".*\\.[0-9]{" + digits + "}[0-9]*[1-9].*");
    return (value, out) -> {
      if (value instanceof String string && finer.matcher(string).matches()) {
        throw new UnfitValueException(
            "the text has more than the column's " + digits + " fraction digits", string);
      }
      text.write(value, out);
    };
  }

  private static long unit(PgType type) {
    return MICROS_OF_DIGIT[type.secondsPrecision()];
  }

  private static long exact(long micros, long unit, PgType type) {
    if (micros % unit != 0) {
      throw new UnfitValueException(
          "the time has more than the column's " + type.secondsPrecision() + " fraction digits",
          micros);
    }
    return micros;
  }

  private static UnfitValueException outOfRange(long micros) {
    return new UnfitValueException("the timestamp is out of range", micros);
  }
}
