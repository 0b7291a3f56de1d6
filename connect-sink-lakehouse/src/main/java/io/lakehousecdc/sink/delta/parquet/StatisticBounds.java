// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.delta.kernel.expressions.Literal;
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
import java.time.LocalDate;
import java.util.Optional;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * Least and greatest value of a column of a file, as far as readers can rely on them. A bound that
 * is missing costs a reader time, one that is wrong costs it rows. Missing are therefore:
 *
 * <ul>
 *   <li>those of booleans and binaries, which Delta does not use;
 *   <li>those of floating-point columns that hold a NaN, and infinities, which JSON has no number
 *       for;
 *   <li>dates and timestamps outside the years 1 to 9999, whose text readers disagree about.
 * </ul>
 *
 * <p>Texts longer than 32 characters are cut; the greatest then gets the greatest of all characters
 * appended. Timestamps are cut to milliseconds, downwards: readers know that of the greatest.
 *
 * @param least empty where there is none to rely on, as in a column of NULLs
 * @param greatest likewise
 */
record StatisticBounds(Optional<Literal> least, Optional<Literal> greatest) {
  /** Nothing to rely on. */
  static final StatisticBounds NONE = new StatisticBounds(Optional.empty(), Optional.empty());

  private static final int MAX_CHARACTERS = 32;
  private static final int GREATEST_CHARACTER = Character.MAX_CODE_POINT;
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final long FIRST_DAY = LocalDate.of(1, 1, 1).toEpochDay();
  private static final long LAST_DAY = LocalDate.of(9999, 12, 31).toEpochDay();

  static StatisticBounds of(DataType type, Statistics<?> statistics) {
    boolean ordered =
        statistics.type().getPrimitiveTypeName() != PrimitiveTypeName.INT96
            && statistics.hasNonNullValue()
            && !isNaN(statistics.genericGetMax());
    if (!ordered) {
      return NONE;
    }
    if (type instanceof StringType) {
      return new StatisticBounds(
          Optional.of(Literal.ofString(cut(text(statistics.genericGetMin())))),
          raised(text(statistics.genericGetMax())).map(Literal::ofString));
    }
    return new StatisticBounds(
        literal(type, statistics.genericGetMin()), literal(type, statistics.genericGetMax()));
  }

  private static Optional<Literal> literal(DataType type, Object value) {
    if (type instanceof ByteType) {
      return Optional.of(Literal.ofByte(((Integer) value).byteValue()));
    }
    if (type instanceof ShortType) {
      return Optional.of(Literal.ofShort(((Integer) value).shortValue()));
    }
    if (type instanceof IntegerType) {
      return Optional.of(Literal.ofInt((Integer) value));
    }
    if (type instanceof LongType) {
      return Optional.of(Literal.ofLong((Long) value));
    }
    if (type instanceof FloatType) {
      return Optional.of((Float) value).filter(Float::isFinite).map(Literal::ofFloat);
    }
    if (type instanceof DoubleType) {
      return Optional.of((Double) value).filter(Double::isFinite).map(Literal::ofDouble);
    }
    if (type instanceof DateType) {
      return Optional.of((Integer) value).filter(day -> plain(day)).map(Literal::ofDate);
    }
    if (type instanceof TimestampType || type instanceof TimestampNTZType) {
      return Optional.of((Long) value)
          .filter(micros -> plain(Math.floorDiv(micros, MICROS_PER_DAY)))
          .map(type instanceof TimestampType ? Literal::ofTimestamp : Literal::ofTimestampNtz);
    }
    if (type instanceof DecimalType decimal) {
      BigDecimal number = decimal(value, decimal.getScale());
      return Optional.of(Literal.ofDecimal(number, decimal.getPrecision(), decimal.getScale()));
    }
    return Optional.empty();
  }

  /** Parquet-java takes NaN as the greatest of all, most readers as incomparable. */
  private static boolean isNaN(Object value) {
    return value instanceof Double wide && wide.isNaN()
        || value instanceof Float narrow && narrow.isNaN();
  }

  private static boolean plain(long day) {
    return day >= FIRST_DAY && day <= LAST_DAY;
  }

  private static BigDecimal decimal(Object value, int scale) {
    return value instanceof Binary binary
        ? Decimals.of(binary, scale, scale)
        : Decimals.of(((Number) value).longValue(), scale, scale);
  }

  private static String text(Object value) {
    return ((Binary) value).toStringUsingUTF8();
  }

  private static String cut(String text) {
    return text.codePointCount(0, text.length()) <= MAX_CHARACTERS
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MAX_CHARACTERS));
  }

  /** A text at or above {@code text} of at most one character more than is kept. */
  private static Optional<String> raised(String text) {
    String cut = cut(text);
    if (cut.length() == text.length()) {
      return Optional.of(text);
    }
    return text.codePointAt(cut.length()) == GREATEST_CHARACTER
        ? Optional.empty()
        : Optional.of(cut + Character.toString(GREATEST_CHARACTER));
  }
}
