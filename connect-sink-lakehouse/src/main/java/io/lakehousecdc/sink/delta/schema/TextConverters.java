// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Bits;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.Named;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import java.math.BigDecimal;
import java.time.LocalTime;
import java.util.Optional;

/** The conversions to text. */
final class TextConverters {
  private static final ObjectMapper JSON = new ObjectMapper();

  private TextConverters() {}

  /** Empty where values of the type never become text. */
  static Optional<CellConverter> of(LogicalType from) {
    if (from instanceof Bits || from instanceof Named) {
      return Optional.of(value -> value);
    }
    if (from instanceof Decimal) {
      return Optional.of(value -> ((BigDecimal) value).toPlainString());
    }
    return from instanceof Primitive primitive
        ? Optional.ofNullable(of(primitive))
        : Optional.empty();
  }

  private static CellConverter of(Primitive primitive) {
    return switch (primitive) {
      case TEXT, JSON, UUID, XML, TIMETZ, INTERVAL -> value -> value;
      case BOOLEAN, INT16, INT32, INT64 -> Object::toString;
      case NUMERIC -> value -> ((BigDecimal) value).toPlainString();
      case TIME -> value -> timeOfDay((Long) value);
      case UNTYPED -> TextConverters::untyped;
      case FLOAT32, FLOAT64, BYTES, DATE, TIMESTAMP, TIMESTAMPTZ -> null;
    };
  }

  private static String timeOfDay(long micros) {
    if (micros == 86_400_000_000L) {
      return "24:00:00";
    }
    LocalTime time = LocalTime.ofNanoOfDay(micros * 1_000);
    return time.getSecond() == 0 && time.getNano() == 0 ? time + ":00" : time.toString();
  }

  private static Object untyped(Object value) {
    if (value instanceof String) {
      return value;
    }
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UnfitValueException("the value cannot be written as JSON", value);
    }
  }
}
