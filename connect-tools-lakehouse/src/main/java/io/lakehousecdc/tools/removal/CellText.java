// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.removal;

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
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Values of Delta's columns as text and in a form that compares: equal values are {@link
 * Object#equals equal} in it. Stateless.
 */
public final class CellText {
  private CellText() {}

  /**
   * The value that a text means, in the form that compares.
   *
   * @param text as {@link KeyText} has it; null for NULL
   * @throws IllegalArgumentException it is no value of the type; does not quote it
   */
  public static Object value(DataType type, String text) {
    if (text == null || type instanceof StringType) {
      return text;
    }
    try {
      return parsed(type, text.strip());
    } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
      throw new IllegalArgumentException("the text is no value of type " + type);
    }
  }

  private static Object parsed(DataType type, String text) {
    if (type instanceof ByteType || type instanceof ShortType || type instanceof IntegerType) {
      return (long) Integer.parseInt(text);
    }
    if (type instanceof LongType) {
      return Long.parseLong(text);
    }
    if (type instanceof DecimalType) {
      return new BigDecimal(text).stripTrailingZeros();
    }
    if (type instanceof BooleanType) {
      return flag(text);
    }
    if (type instanceof FloatType) {
      return Float.parseFloat(text);
    }
    if (type instanceof DoubleType) {
      return Double.parseDouble(text);
    }
    if (type instanceof DateType) {
      return LocalDate.parse(text).toEpochDay();
    }
    if (type instanceof TimestampType) {
      return micros(instant(text));
    }
    if (type instanceof TimestampNTZType) {
      return micros(LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC));
    }
    if (type instanceof BinaryType && text.startsWith("\\x")) {
      return ByteBuffer.wrap(HexFormat.of().parseHex(text.substring(2)));
    }
    throw new IllegalArgumentException();
  }

  private static boolean flag(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "t", "true" -> true;
      case "f", "false" -> false;
      default -> throw new IllegalArgumentException();
    };
  }

  /** PostgreSQL writes offsets with hours alone. */
  private static Instant instant(String text) {
    String iso = text.replace(' ', 'T').replaceFirst("([+-]\\d\\d)$", "$1:00");
    return OffsetDateTime.parse(iso).toInstant();
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  /**
   * A value of a file in the form that compares.
   *
   * @param cell of a class that {@link io.lakehousecdc.sink.delta.parquet.DeltaColumn} names; null
   *     for NULL
   */
  public static Object comparable(Object cell) {
    if (cell instanceof Byte || cell instanceof Short || cell instanceof Integer) {
      return ((Number) cell).longValue();
    }
    if (cell instanceof BigDecimal decimal) {
      return decimal.stripTrailingZeros();
    }
    return cell instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : cell;
  }
}
