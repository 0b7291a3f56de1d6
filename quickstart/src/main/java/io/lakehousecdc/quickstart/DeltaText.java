package io.lakehousecdc.quickstart;

import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Delta's values as PostgreSQL writes them as text, of the types that the shop uses. */
final class DeltaText {
  private static final long MICROS = 1_000_000;

  private static final DateTimeFormatter TIMESTAMP =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
          .toFormatter();

  /** What an array's element must not hold to stand there without quotes. */
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
      return LocalDate.ofEpochDay(vector.getInt(row)).toString();
    } else if (type instanceof TimestampNTZType) {
      return timestamp(vector.getLong(row));
    } else if (type instanceof TimestampType) {
      return timestamp(vector.getLong(row)) + "+00";
    } else if (type instanceof ArrayType) {
      return array(vector.getArray(row));
    }
    throw new DemoFailure("the proof knows no text for values of Delta's type " + type);
  }

  private static String timestamp(long micros) {
    return TIMESTAMP.format(
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(micros, MICROS),
            (int) Math.floorMod(micros, MICROS) * 1000,
            ZoneOffset.UTC));
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
        : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
