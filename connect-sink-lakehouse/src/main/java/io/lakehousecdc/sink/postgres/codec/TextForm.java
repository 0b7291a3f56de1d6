// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.MapOf;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** The text of canonical values, as PostgreSQL reads it. */
final class TextForm {
  private static final long DAY_MICROS = 86_400_000_000L;

  private TextForm() {}

  /** Text of a value of the given type; arrays and maps as JSON. */
  static String of(Object value, LogicalType type) {
    if (type instanceof Array || type instanceof MapOf) {
      return JsonText.of(value);
    }
    if (type instanceof Primitive primitive) {
      switch (primitive) {
        case DATE:
          return date((Integer) value);
        case TIME:
          return time((Long) value);
        case TIMESTAMP:
          return timestamp((Long) value, "");
        case TIMESTAMPTZ:
          return timestamp((Long) value, "+00");
        case BYTES:
          throw new ClassCastException("bytes have no text form");
        default:
          break;
      }
    }
    if (value instanceof Map || value instanceof List) {
      return JsonText.of(value);
    }
    return value instanceof BigDecimal number ? number.toPlainString() : value.toString();
  }

  /** Array literal, such as {@code {"a",NULL}}; nested lists become further dimensions. */
  static String array(List<?> list, LogicalType elementType) {
    LogicalType inner = elementType instanceof Array nested ? nested.element() : elementType;
    StringJoiner literal = new StringJoiner(",", "{", "}");
    for (Object element : list) {
      if (element == null) {
        literal.add("NULL");
      } else if (element instanceof List<?> deeper) {
        literal.add(array(deeper, inner));
      } else {
        literal.add(quoted(of(element, inner)));
      }
    }
    return literal.toString();
  }

  /** Literal of the hstore type. */
  static String hstore(Map<?, ?> map) {
    StringJoiner literal = new StringJoiner(",");
    map.forEach(
        (key, value) ->
            literal.add(
                quoted(String.valueOf(key))
                    + "=>"
                    + (value == null ? "NULL" : quoted(value.toString()))));
    return literal.toString();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String date(int days) {
    if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
      return days > 0 ? "infinity" : "-infinity";
    }
    LocalDate date = LocalDate.ofEpochDay(days);
    int year = date.getYear();
    String text =
        String.format(
            "%04d-%02d-%02d",
            year > 0 ? year : 1 - year, date.getMonthValue(), date.getDayOfMonth());
    return year > 0 ? text : text + " BC";
  }

  private static String time(long micros) {
    return micros == DAY_MICROS ? "24:00:00" : LocalTime.ofNanoOfDay(micros * 1_000).toString();
  }

  private static String timestamp(long micros, String zone) {
    if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
      return micros > 0 ? "infinity" : "-infinity";
    }
    String date = date((int) Math.floorDiv(micros, DAY_MICROS));
    String time = time(Math.floorMod(micros, DAY_MICROS)) + zone;
    return date.endsWith(" BC")
        ? date.substring(0, date.length() - 3) + " " + time + " BC"
        : date + " " + time;
  }
}
