// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;

/**
 * The canonical forms of values in the files of Delta tables, equal to those that {@link ValueKind}
 * has a server make of the source's values. Stateless.
 */
final class FileValues {
  private static final long MICROS_OF_DAY = 86_400_000_000L;

  private FileValues() {}

  /**
   * How values of a column are compared with those of a column of the source.
   *
   * @param source what the source's values are
   * @param kinds canonical forms on either side
   * @param form of a value of the class that {@link io.lakehousecdc.sink.delta.parquet.DeltaColumn}
   *     names, not null
   */
  record Reading(ValueKind.Pair kinds, Function<Object, Object> form) {}

  /** How values of a column are compared; empty where they are not. */
  static Optional<Reading> of(ValueKind source, DataType type) {
    Function<Object, Object> form = form(source, type);
    return form == null
        ? Optional.empty()
        : Optional.of(new Reading(new ValueKind.Pair(forFiles(source, type), source), form));
  }

  /** Numbers are compared as what Delta has them as: decimals, or texts. */
  private static ValueKind forFiles(ValueKind source, DataType type) {
    return switch (source) {
      case WHOLE_NUMBER -> type instanceof DecimalType ? ValueKind.DECIMAL : source;
      case DECIMAL -> type instanceof StringType ? ValueKind.DECIMAL_AS_TEXT : source;
      default -> source;
    };
  }

  private static Function<Object, Object> form(ValueKind source, DataType type) {
    return switch (source) {
      case WHOLE_NUMBER ->
          isWhole(type)
              ? value -> ((Number) value).longValue()
              : type instanceof DecimalType ? value -> value : null;
      case TRUTH -> type instanceof BooleanType ? value -> (Boolean) value ? 1L : 0L : null;
      case FLOATING ->
          type instanceof FloatType || type instanceof DoubleType
              ? value -> ((Number) value).doubleValue()
              : null;
      case DECIMAL ->
          type instanceof DecimalType
              ? value -> value
              : type instanceof StringType ? FileValues::decimalText : null;
      case BYTES ->
          type instanceof BinaryType ? value -> HexFormat.of().formatHex((byte[]) value) : null;
      case DATE ->
          type instanceof DateType ? value -> ((Integer) value).longValue() * MICROS_OF_DAY : null;
      case TIMESTAMP ->
          type instanceof TimestampNTZType || type instanceof TimestampType ? value -> value : null;
      case TIMESTAMP_WITH_ZONE -> type instanceof TimestampType ? value -> value : null;
      case TIME_OF_DAY -> type instanceof StringType ? value -> time((String) value) : null;
      case TEXTUAL,
          DECIMAL_AS_TEXT,
          DECIMAL_TEXT,
          PADDED,
          IDENTIFIER,
          JSON_TEXT,
          JSON_BINARY,
          OTHER ->
          type instanceof StringType ? value -> value : null;
      case TIME_WITH_ZONE, INTERVAL -> null;
    };
  }

  private static boolean isWhole(DataType type) {
    return type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType
        || type instanceof LongType;
  }

  /** A number that is written as text, or what is none, such as NaN. */
  private static Object decimalText(Object value) {
    try {
      return Form.plain(new BigDecimal((String) value));
    } catch (NumberFormatException e) {
      return value;
    }
  }

  /** As PostgreSQL writes it: without zeros at the end of a second's fraction. */
  private static String time(String text) {
    if (text.indexOf('.') < 0) {
      return text;
    }
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
  }
}
