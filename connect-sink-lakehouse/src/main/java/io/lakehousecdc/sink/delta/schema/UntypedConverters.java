// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.lakehousecdc.sink.change.SchemalessNumbers;
import io.lakehousecdc.sink.change.SchemalessTime;
import java.time.LocalDate;
import java.util.Optional;

/**
 * The conversions of values whose type the column tells (schemaless JSON): dates are days or text,
 * timestamps numbers of a unit that is told or text, bytes Base64.
 */
final class UntypedConverters {
  /** Fraction digits of the seconds of Delta's timestamps. */
  private static final int DIGITS = 6;

  /** PostgreSQL's first day, 4714-11-24 BC, in days since 1970. */
  private static final long FIRST_DAY = -2_440_588;

  /** PostgreSQL's last day, 5874897-12-31. */
  private static final long LAST_DAY = 2_145_042_905;

  private UntypedConverters() {}

  /**
   * The converter to a type other than text, integers, decimals, lists and maps; empty where there
   * is none.
   *
   * @param time unit of numbers that stand for times
   */
  static Optional<CellConverter> of(DataType to, SchemalessTime time) {
    return Optional.ofNullable(scalar(to, time));
  }

  private static CellConverter scalar(DataType to, SchemalessTime time) {
    if (to instanceof BooleanType) {
      return UntypedConverters::truth;
    }
    if (to instanceof FloatType) {
      return value -> SchemalessNumbers.single(SchemalessNumbers.floating(value));
    }
    if (to instanceof DoubleType) {
      return SchemalessNumbers::floating;
    }
    if (to instanceof BinaryType) {
      return value -> SchemalessNumbers.bytes(text(value));
    }
    if (to instanceof DateType) {
      return UntypedConverters::days;
    }
    if (to instanceof TimestampType || to instanceof TimestampNTZType) {
      return value -> {
        long micros =
            value instanceof Long count
                ? time.timestamp(count, DIGITS)
                : SchemalessTime.timestamp(text(value));
        boolean isInfinite = micros == Long.MAX_VALUE || micros == Long.MIN_VALUE;
        return CellConverters.finite(micros, isInfinite, "timestamp");
      };
    }
    return null;
  }

  private static Object truth(Object value) {
    if (value instanceof Boolean) {
      return value;
    }
    return switch (text(value)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("the text is neither true nor false");
    };
  }

  private static Object days(Object value) {
    if (value instanceof Long days) {
      if (days < FIRST_DAY || days > LAST_DAY) {
        throw new IllegalArgumentException("the number of days since 1970 is no date");
      }
      return days.intValue();
    }
    return Math.toIntExact(LocalDate.parse(text(value).replace("Z", "")).toEpochDay());
  }

  private static String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new UnfitValueException("the value is no text and does not fit the column", value);
  }
}
