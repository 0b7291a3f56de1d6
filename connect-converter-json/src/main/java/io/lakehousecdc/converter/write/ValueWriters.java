// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.write;

import io.lakehousecdc.converter.option.Decimals;
import io.lakehousecdc.converter.option.Nulls;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * Compiles writers of values, which write each type as the source of {@code JsonConverter} says.
 * Casts to the type that a schema prescribes fail for other values, as they do there.
 */
public final class ValueWriters {
  private ValueWriters() {}

  /**
   * The writer of a schema.
   *
   * @param schema never null
   * @throws Unwritable if there is a type in it that has no writer
   */
  public static ValueWriter of(Schema schema, Nulls nulls, Decimals decimals) {
    if (schema == null) {
      throw Unwritable.value();
    }
    if (schema.name() != null) {
      switch (schema.name()) {
        case Decimal.LOGICAL_NAME -> {
          return decimal(schema, nulls, decimals);
        }
        case Date.LOGICAL_NAME -> {
          return simple(
              schema,
              nulls,
              (output, value) -> output.integer(Date.fromLogical(schema, (java.util.Date) value)));
        }
        case Time.LOGICAL_NAME -> {
          return simple(
              schema,
              nulls,
              (output, value) -> output.integer(Time.fromLogical(schema, (java.util.Date) value)));
        }
        case Timestamp.LOGICAL_NAME -> {
          return simple(
              schema,
              nulls,
              (output, value) ->
                  output.integer(Timestamp.fromLogical(schema, (java.util.Date) value)));
        }
        default -> {}
      }
    }
    return byType(schema, nulls, decimals);
  }

  private static ValueWriter byType(Schema schema, Nulls nulls, Decimals decimals) {
    return switch (schema.type()) {
      case BOOLEAN -> simple(schema, nulls, (output, value) -> output.bool((Boolean) value));
      case INT8 -> simple(schema, nulls, (output, value) -> output.integer((Byte) value));
      case INT16 -> simple(schema, nulls, (output, value) -> output.integer((Short) value));
      case INT32 -> simple(schema, nulls, (output, value) -> output.integer((Integer) value));
      case INT64 -> simple(schema, nulls, (output, value) -> output.integer((Long) value));
      case FLOAT32 -> simple(schema, nulls, (output, value) -> float32(output, (Float) value));
      case FLOAT64 -> simple(schema, nulls, (output, value) -> float64(output, (Double) value));
      case STRING ->
          simple(
              schema, nulls, (output, value) -> output.string(((CharSequence) value).toString()));
      case BYTES -> simple(schema, nulls, (output, value) -> output.base64(bytes(value)));
      case ARRAY -> array(schema, nulls, decimals);
      case MAP -> map(schema, nulls, decimals);
      case STRUCT -> new StructWriter(schema, nulls, decimals);
    };
  }

  private static ValueWriter simple(
      Schema schema, Nulls nulls, BiConsumer<JsonOutput, Object> writing) {
    return new ValueWriter(schema, nulls) {
      @Override
      void present(JsonOutput output, Object value) {
        writing.accept(output, value);
      }
    };
  }

  /** What is no number is written as a string. */
  private static void float32(JsonOutput output, float value) {
    if (Float.isFinite(value)) {
      output.ascii(Float.toString(value));
    } else {
      output.string(Float.toString(value));
    }
  }

  private static void float64(JsonOutput output, double value) {
    if (Double.isFinite(value)) {
      output.ascii(Double.toString(value));
    } else {
      output.string(Double.toString(value));
    }
  }

  /** Of a buffer {@code JsonConverter} writes the whole array, wherever its position is. */
  private static byte[] bytes(Object value) {
    return value instanceof ByteBuffer buffer ? buffer.array() : (byte[]) value;
  }

  private static ValueWriter decimal(Schema schema, Nulls nulls, Decimals decimals) {
    return switch (decimals) {
      case BASE64 ->
          simple(
              schema,
              nulls,
              (output, value) -> output.base64(Decimal.fromLogical(schema, (BigDecimal) value)));
      case NUMERIC ->
          simple(schema, nulls, (output, value) -> output.ascii(((BigDecimal) value).toString()));
    };
  }

  private static ValueWriter array(Schema schema, Nulls nulls, Decimals decimals) {
    ValueWriter element = of(schema.valueSchema(), nulls, decimals);
    return simple(
        schema,
        nulls,
        (output, value) -> {
          char before = '[';
          for (Object each : (Collection<?>) value) {
            output.raw(before);
            element.write(output, each);
            before = ',';
          }
          if (before == '[') {
            output.raw(before);
          }
          output.raw(']');
        });
  }

  /** Maps with keys of other types, which are written as arrays of pairs, have no writer. */
  private static ValueWriter map(Schema schema, Nulls nulls, Decimals decimals) {
    if (schema.keySchema().type() != Schema.Type.STRING || schema.keySchema().name() != null) {
      throw Unwritable.value();
    }
    ValueWriter element = of(schema.valueSchema(), nulls, decimals);
    return simple(
        schema,
        nulls,
        (output, value) -> {
          char before = '{';
          for (Map.Entry<?, ?> each : ((Map<?, ?>) value).entrySet()) {
            if (each.getKey() == null) {
              throw Unwritable.value();
            }
            output.raw(before);
            output.string((String) each.getKey());
            output.raw(':');
            element.write(output, each.getValue());
            before = ',';
          }
          if (before == '{') {
            output.raw(before);
          }
          output.raw('}');
        });
  }
}
