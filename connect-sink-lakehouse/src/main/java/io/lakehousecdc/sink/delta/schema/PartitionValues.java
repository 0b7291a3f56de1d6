// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import java.math.BigDecimal;
import java.time.LocalDate;

/**
 * The texts in which the log keeps the values that all rows of a file share. Only of types whose
 * text means the same to every reader: timestamps depend on the reader's time zone, and
 * floating-point numbers on its formatter.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol:
 *     Partition Value Serialization</a>
 */
public final class PartitionValues {
  private static final int LAST_YEAR = 9999;

  private PartitionValues() {}

  /** Whether columns of the type may partition a table. */
  static boolean supports(DataType type) {
    return type instanceof BooleanType
        || type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType
        || type instanceof LongType
        || type instanceof DecimalType
        || type instanceof DateType
        || type instanceof StringType;
  }

  /**
   * Text of a value; null for NULL.
   *
   * @throws IllegalArgumentException readers would take the text for another value
   */
  static String text(DataType type, Object value) {
    if (value == null) {
      return null;
    }
    if (value instanceof String text && text.isEmpty()) {
      throw new IllegalArgumentException("an empty text, which Delta takes for NULL there");
    }
    if (type instanceof DateType) {
      LocalDate date = LocalDate.ofEpochDay((Integer) value);
      if (date.getYear() < 1 || date.getYear() > LAST_YEAR) {
        throw new UnfitValueException("a date without a year of four digits", date);
      }
      return date.toString();
    }
    return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
  }

  /** Value that a text of the log means, of the class that {@code type} has in rows. */
  public static Object value(DataType type, String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    if (type instanceof BooleanType) {
      return Boolean.valueOf(text);
    }
    if (type instanceof ByteType) {
      return Byte.valueOf(text);
    }
    if (type instanceof ShortType) {
      return Short.valueOf(text);
    }
    if (type instanceof IntegerType) {
      return Integer.valueOf(text);
    }
    if (type instanceof LongType) {
      return Long.valueOf(text);
    }
    if (type instanceof DecimalType decimal) {
      return new BigDecimal(text).setScale(decimal.getScale());
    }
    if (type instanceof DateType) {
      return (int) LocalDate.parse(text).toEpochDay();
    }
    if (type instanceof StringType) {
      return text;
    }
    throw new IllegalArgumentException("Columns of type " + type + " do not partition tables");
  }
}
