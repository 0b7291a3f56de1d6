// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import static io.debezium.time.StructuredTemporal.DAYS_FIELD;
import static io.debezium.time.StructuredTemporal.DAY_FIELD;
import static io.debezium.time.StructuredTemporal.HOURS_FIELD;
import static io.debezium.time.StructuredTemporal.HOUR_FIELD;
import static io.debezium.time.StructuredTemporal.MINUTES_FIELD;
import static io.debezium.time.StructuredTemporal.MINUTE_FIELD;
import static io.debezium.time.StructuredTemporal.MONTHS_FIELD;
import static io.debezium.time.StructuredTemporal.MONTH_FIELD;
import static io.debezium.time.StructuredTemporal.NANOS_FIELD;
import static io.debezium.time.StructuredTemporal.NEGATIVE_INFINITY;
import static io.debezium.time.StructuredTemporal.OFFSET_SECONDS_FIELD;
import static io.debezium.time.StructuredTemporal.POSITIVE_INFINITY;
import static io.debezium.time.StructuredTemporal.SECONDS_FIELD;
import static io.debezium.time.StructuredTemporal.SECOND_FIELD;
import static io.debezium.time.StructuredTemporal.SPECIAL_VALUE_FIELD;
import static io.debezium.time.StructuredTemporal.YEARS_FIELD;
import static io.debezium.time.StructuredTemporal.YEAR_FIELD;
import static io.debezium.time.StructuredTemporal.ZONE_ID_FIELD;

import java.time.DateTimeException;
import java.time.LocalDate;
import org.apache.kafka.connect.data.Struct;

/** Conversions of {@code time.precision.mode=structured} (Debezium 3.7 and later). */
final class StructuredTemporals {
  private StructuredTemporals() {}

  static Object date(Object value) {
    Struct struct = (Struct) value;
    String special = special(struct);
    return special == null
        ? Temporal.days(epochDay(struct))
        : (Object) (special.equals(POSITIVE_INFINITY) ? Integer.MAX_VALUE : Integer.MIN_VALUE);
  }

  static Object time(Object value) {
    return Temporal.time(micros((Struct) value));
  }

  /** A timestamp with or without time zone; an offset is subtracted if there is one. */
  static Object timestamp(Object value) {
    Struct struct = (Struct) value;
    String special = special(struct);
    if (special != null) {
      return special.equals(POSITIVE_INFINITY) ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
    return Temporal.timestamp(
        epochDay(struct), micros(struct) - offset(struct) * 1_000_000, struct);
  }

  static Object timeWithZone(Object value) {
    Struct struct = (Struct) value;
    StringBuilder text = new StringBuilder();
    text.append(two(number(struct, HOUR_FIELD))).append(':');
    text.append(two(number(struct, MINUTE_FIELD))).append(':');
    text.append(two(number(struct, SECOND_FIELD)));
    Temporal.fraction(text, Temporal.wholeMicros(number(struct, NANOS_FIELD)));
    long offset = offset(struct);
    if (offset == 0) {
      return text.append('Z').toString();
    }
    long size = Math.abs(offset);
    text.append(offset < 0 ? '-' : '+').append(two(size / 3_600)).append(':');
    text.append(two(size / 60 % 60));
    if (size % 60 != 0) {
      text.append(':').append(two(size % 60));
    }
    return text.toString();
  }

  static Object duration(Object value) {
    Struct struct = (Struct) value;
    long seconds = number(struct, SECONDS_FIELD);
    long micros = Temporal.wholeMicros(number(struct, NANOS_FIELD));
    StringBuilder text = new StringBuilder("P");
    text.append(number(struct, YEARS_FIELD)).append('Y');
    text.append(number(struct, MONTHS_FIELD)).append('M');
    text.append(number(struct, DAYS_FIELD)).append("DT");
    text.append(number(struct, HOURS_FIELD)).append('H');
    text.append(number(struct, MINUTES_FIELD)).append('M');
    if (seconds < 0 || micros < 0) {
      text.append('-');
    }
    text.append(Math.abs(seconds));
    Temporal.fraction(text, Math.abs(micros));
    return text.append('S').toString();
  }

  private static String special(Struct struct) {
    String special = (String) struct.getWithoutDefault(SPECIAL_VALUE_FIELD);
    if (special != null
        && !special.equals(POSITIVE_INFINITY)
        && !special.equals(NEGATIVE_INFINITY)) {
      throw new DecodeException("The special value is not known.", special);
    }
    return special;
  }

  private static long epochDay(Struct struct) {
    try {
      return LocalDate.of(
              (int) number(struct, YEAR_FIELD),
              (int) number(struct, MONTH_FIELD),
              (int) number(struct, DAY_FIELD))
          .toEpochDay();
    } catch (DateTimeException e) {
      throw new DecodeException("The parts are no date.", struct);
    }
  }

  private static long micros(Struct struct) {
    return ((number(struct, HOUR_FIELD) * 60 + number(struct, MINUTE_FIELD)) * 60
                + number(struct, SECOND_FIELD))
            * 1_000_000
        + Temporal.wholeMicros(number(struct, NANOS_FIELD));
  }

  private static long offset(Struct struct) {
    if (struct.schema().field(OFFSET_SECONDS_FIELD) == null) {
      return 0;
    }
    if (struct.getWithoutDefault(OFFSET_SECONDS_FIELD) == null
        && struct.schema().field(ZONE_ID_FIELD) != null
        && struct.getWithoutDefault(ZONE_ID_FIELD) != null) {
      throw new DecodeException("The time has a zone but no offset.", struct);
    }
    return number(struct, OFFSET_SECONDS_FIELD);
  }

  /** A part that is absent counts as 0. */
  private static long number(Struct struct, String field) {
    Number number = (Number) struct.getWithoutDefault(field);
    return number == null ? 0 : number.longValue();
  }

  private static String two(long number) {
    return number < 10 ? "0" + number : Long.toString(number);
  }
}
