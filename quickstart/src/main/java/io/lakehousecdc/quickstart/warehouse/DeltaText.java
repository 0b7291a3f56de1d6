// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.warehouse;

import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** The conversion of Delta's values to PostgreSQL's text format. */
final class DeltaText {
  private static final long MICROS = 1_000_000;

  private static final DateTimeFormatter DATE =
      new DateTimeFormatterBuilder()
          .appendValue(ChronoField.YEAR_OF_ERA, 4, 10, SignStyle.NOT_NEGATIVE)
          .appendPattern("-MM-dd")
          .toFormatter();

  private static final DateTimeFormatter TIMESTAMP =
      new DateTimeFormatterBuilder()
          .append(DATE)
          .appendPattern(" HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
          .toFormatter();

  /** An array element that needs no quotes. */
  private static final Pattern PLAIN_ELEMENT = Pattern.compile("[^{}\",\\\\\\s]+");

  private DeltaText() {}

  /** The value in a row of the vector; null for NULL. */
  static String of(ColumnVector vector, int row) {
    DataType type = vector.getDataType();
    if (vector.isNullAt(row)) {
      return null;
    } else if (type instanceof LongType) {
      return Long.toString(vector.getLong(row));
    } else if (type instanceof IntegerType) {
      return Integer.toString(vector.getInt(row));
    } else if (type instanceof DecimalType) {
      return vector.getDecimal(row).toPlainString();
    } else if (type instanceof StringType) {
      return vector.getString(row);
    } else if (type instanceof BooleanType) {
      return Boolean.toString(vector.getBoolean(row));
    } else if (type instanceof DateType) {
      LocalDate date = LocalDate.ofEpochDay(vector.getInt(row));
      return DATE.format(date) + era(date);
    } else if (type instanceof TimestampNTZType) {
      return timestamp(vector.getLong(row), "");
    } else if (type instanceof TimestampType) {
      return timestamp(vector.getLong(row), "+00");
    } else if (type instanceof ArrayType) {
      return array(vector.getArray(row));
    } else if (type instanceof ShortType) {
      return Short.toString(vector.getShort(row));
    } else if (type instanceof FloatType) {
      return Float.toString(vector.getFloat(row));
    } else if (type instanceof DoubleType) {
      return Double.toString(vector.getDouble(row));
    } else if (type instanceof BinaryType) {
      return "\\x" + HexFormat.of().formatHex(vector.getBinary(row));
    } else if (type instanceof MapType) {
      return hstore(vector.getMap(row));
    }
    throw new DemoFailure("the proof knows no text for values of Delta's type " + type);
  }

  private static String timestamp(long micros, String zone) {
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(micros, MICROS),
            (int) Math.floorMod(micros, MICROS) * 1000,
            ZoneOffset.UTC);
    return TIMESTAMP.format(time) + zone + era(time.toLocalDate());
  }

  private static String era(LocalDate date) {
    return date.getYear() < 1 ? " BC" : "";
  }

  /** As in https://www.postgresql.org/docs/current/hstore.html. */
  private static String hstore(MapValue map) {
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < map.getSize(); i++) {
      String value = of(map.getValues(), i);
      pairs.add(quoted(of(map.getKeys(), i)) + "=>" + (value == null ? "NULL" : quoted(value)));
    }
    return String.join(", ", pairs);
  }

  /** As in https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO. */
  private static String array(ArrayValue array) {
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < array.getSize(); i++) {
      elements.add(element(of(array.getElements(), i)));
    }
    return "{" + String.join(",", elements) + "}";
  }

  private static String element(String value) {
    if (value == null) {
      return "NULL";
    }
    return PLAIN_ELEMENT.matcher(value).matches() && !value.equalsIgnoreCase("null")
        ? value
        : quoted(value);
  }

  private static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
