// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import com.fasterxml.jackson.databind.JsonNode;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.expressions.Literal;
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
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** The values in statistics, between their JSON and the vectors that Kernel reads and writes. */
final class StatisticValues {
  private StatisticValues() {}

  /** The value as a vector of that type has it; null where it is none of that type. */
  static Object parsed(JsonNode value, DataType type) {
    try {
      return value.isTextual() ? ofText(value.textValue(), type) : ofPlain(value, type);
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  private static Object ofText(String text, DataType type) {
    if (type instanceof StringType) {
      return text;
    }
    if (type instanceof DateType) {
      return Math.toIntExact(LocalDate.parse(text).toEpochDay());
    }
    if (type instanceof TimestampType) {
      return micros(OffsetDateTime.parse(text).toInstant());
    }
    return type instanceof TimestampNTZType
        ? micros(LocalDateTime.parse(text).toInstant(ZoneOffset.UTC))
        : null;
  }

  private static Object ofPlain(JsonNode value, DataType type) {
    if (type instanceof BooleanType) {
      return value.isBoolean() ? value.booleanValue() : null;
    }
    if (!value.isNumber()) {
      return null;
    }
    if (type instanceof FloatType) {
      return value.floatValue();
    }
    if (type instanceof DoubleType) {
      return value.doubleValue();
    }
    BigDecimal number = value.decimalValue();
    if (type instanceof LongType) {
      return number.longValueExact();
    }
    if (type instanceof IntegerType) {
      return number.intValueExact();
    }
    if (type instanceof ShortType) {
      return number.shortValueExact();
    }
    if (type instanceof ByteType) {
      return number.byteValueExact();
    }
    if (type instanceof DecimalType decimal) {
      BigDecimal scaled = number.setScale(decimal.getScale());
      return scaled.precision() <= decimal.getPrecision() ? scaled : null;
    }
    return null;
  }

  private static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
  }

  /** The value of a row that is not NULL; empty where statistics hold none of its type. */
  static Optional<Literal> literal(ColumnVector vector, int row) {
    DataType type = vector.getDataType();
    if (type instanceof BooleanType) {
      return Optional.of(Literal.ofBoolean(vector.getBoolean(row)));
    }
    if (type instanceof ByteType) {
      return Optional.of(Literal.ofByte(vector.getByte(row)));
    }
    if (type instanceof ShortType) {
      return Optional.of(Literal.ofShort(vector.getShort(row)));
    }
    if (type instanceof IntegerType) {
      return Optional.of(Literal.ofInt(vector.getInt(row)));
    }
    if (type instanceof LongType) {
      return Optional.of(Literal.ofLong(vector.getLong(row)));
    }
    if (type instanceof FloatType) {
      return Optional.of(vector.getFloat(row)).filter(Float::isFinite).map(Literal::ofFloat);
    }
    if (type instanceof DoubleType) {
      return Optional.of(vector.getDouble(row)).filter(Double::isFinite).map(Literal::ofDouble);
    }
    if (type instanceof StringType) {
      return Optional.of(Literal.ofString(vector.getString(row)));
    }
    if (type instanceof DateType) {
      return Optional.of(Literal.ofDate(vector.getInt(row)));
    }
    if (type instanceof TimestampType) {
      return Optional.of(Literal.ofTimestamp(vector.getLong(row)));
    }
    if (type instanceof TimestampNTZType) {
      return Optional.of(Literal.ofTimestampNtz(vector.getLong(row)));
    }
    if (type instanceof DecimalType decimal) {
      return Optional.of(
          Literal.ofDecimal(vector.getDecimal(row), decimal.getPrecision(), decimal.getScale()));
    }
    return Optional.empty();
  }
}
