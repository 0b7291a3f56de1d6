// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** The conversions of values whose type the column tells (schemaless JSON). */
final class UntypedConverters {
  private UntypedConverters() {}

  /**
   * The converter to a type other than text, integers, decimals, lists and maps; empty where there
   * is none.
   */
  static Optional<CellConverter> of(DataType to) {
    return Optional.ofNullable(scalar(to));
  }

  private static CellConverter scalar(DataType to) {
    if (to instanceof BooleanType) {
      return value -> {
        if (value instanceof Boolean) {
          return value;
        }
        throw new UnfitValueException("the value is neither true nor false", value);
      };
    }
    if (to instanceof FloatType) {
      return value -> NumberConverters.number(value).floatValue();
    }
    if (to instanceof DoubleType) {
      return value -> NumberConverters.number(value).doubleValue();
    }
    if (to instanceof DateType) {
      return value -> (int) LocalDate.parse(text(value)).toEpochDay();
    }
    if (to instanceof TimestampType) {
      return value -> micros(OffsetDateTime.parse(text(value)));
    }
    if (to instanceof TimestampNTZType) {
      return value -> micros(LocalDateTime.parse(text(value)).atOffset(ZoneOffset.UTC));
    }
    return null;
  }

  private static String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new UnfitValueException("the value is no ISO-8601 text", value);
  }

  private static long micros(OffsetDateTime time) {
    try {
      return ChronoUnit.MICROS.between(
          LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC).atOffset(ZoneOffset.UTC), time);
    } catch (DateTimeException | ArithmeticException e) {
      throw new UnfitValueException("the timestamp is out of range", time);
    }
  }
}
