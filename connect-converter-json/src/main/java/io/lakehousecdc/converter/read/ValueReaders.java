// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.read;

import io.lakehousecdc.converter.option.Nulls;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * Compiles readers of values. Each type is read as the source of {@code JsonConverter} says, from
 * those forms in which {@code JsonConverter} itself writes it.
 */
public final class ValueReaders {
  private ValueReaders() {}

  /**
   * The reader of a schema.
   *
   * @param schema null for values without one
   * @throws Unrecognized if there is a type in it that has no reader
   */
  public static ValueReader of(Schema schema, Nulls nulls) {
    if (schema == null) {
      return new SchemalessReader();
    }
    if (schema.name() != null) {
      switch (schema.name()) {
        case Decimal.LOGICAL_NAME -> {
          return decimal(schema, nulls);
        }
        case Date.LOGICAL_NAME -> {
          return simple(schema, nulls, input -> Date.toLogical(schema, int32(input)));
        }
        case Time.LOGICAL_NAME -> {
          return simple(schema, nulls, input -> Time.toLogical(schema, int32(input)));
        }
        case Timestamp.LOGICAL_NAME -> {
          return simple(schema, nulls, input -> Timestamp.toLogical(schema, int64(input)));
        }
        default -> {}
      }
    }
    return byType(schema, nulls);
  }

  private static ValueReader byType(Schema schema, Nulls nulls) {
    return switch (schema.type()) {
      case BOOLEAN -> simple(schema, nulls, JsonInput::bool);
      case INT8 ->
          simple(schema, nulls, input -> (byte) input.integer(Byte.MIN_VALUE, Byte.MAX_VALUE));
      case INT16 ->
          simple(schema, nulls, input -> (short) input.integer(Short.MIN_VALUE, Short.MAX_VALUE));
      case INT32 -> simple(schema, nulls, ValueReaders::int32);
      case INT64 -> simple(schema, nulls, ValueReaders::int64);
      case FLOAT32 -> simple(schema, nulls, ValueReaders::float32);
      case FLOAT64 -> simple(schema, nulls, ValueReaders::float64);
      case STRING -> simple(schema, nulls, JsonInput::string);
      case BYTES -> simple(schema, nulls, JsonInput::base64);
      case ARRAY -> array(schema, nulls);
      case MAP -> map(schema, nulls);
      case STRUCT -> new StructReader(schema, nulls);
    };
  }

  private static ValueReader simple(
      Schema schema, Nulls nulls, Function<JsonInput, Object> reading) {
    return new ValueReader(schema, nulls) {
      @Override
      Object present(JsonInput input) {
        return reading.apply(input);
      }
    };
  }

  private static int int32(JsonInput input) {
    return (int) input.integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static long int64(JsonInput input) {
    return input.integer(Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** {@code JsonConverter} goes by decimal numbers, most of which have no negative zero. */
  static double float64(JsonInput input) {
    double value = Double.parseDouble(input.number());
    if (value == 0 && 1 / value < 0) {
      throw Unrecognized.input();
    }
    return value;
  }

  private static float float32(JsonInput input) {
    float value = Float.parseFloat(input.number());
    if (value == 0 && 1 / value < 0) {
      throw Unrecognized.input();
    }
    return value;
  }

  private static ValueReader decimal(Schema schema, Nulls nulls) {
    int scale = scale(schema);
    return simple(
        schema,
        nulls,
        input -> {
          if (input.peek() != '"') {
            return new BigDecimal(input.number());
          }
          byte[] unscaled = input.base64();
          if (unscaled.length == 0) {
            throw Unrecognized.input();
          }
          return new BigDecimal(new BigInteger(unscaled), scale);
        });
  }

  private static int scale(Schema schema) {
    try {
      return Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
    } catch (RuntimeException e) {
      throw Unrecognized.input();
    }
  }

  private static ValueReader array(Schema schema, Nulls nulls) {
    ValueReader element = of(schema.valueSchema(), nulls);
    return simple(schema, nulls, input -> list(input, element));
  }

  static List<Object> list(JsonInput input, ValueReader element) {
    List<Object> list = new ArrayList<>();
    input.expect('[');
    if (!input.take(']')) {
      do {
        list.add(element.read(input));
      } while (input.take(','));
      input.expect(']');
    }
    return list;
  }

  /** Maps with keys of other types, which are written as arrays of pairs, have no reader. */
  private static ValueReader map(Schema schema, Nulls nulls) {
    if (schema.keySchema().type() != Schema.Type.STRING) {
      throw Unrecognized.input();
    }
    ValueReader value = of(schema.valueSchema(), nulls);
    return simple(schema, nulls, input -> map(input, value));
  }

  static Map<Object, Object> map(JsonInput input, ValueReader value) {
    Map<Object, Object> map = new HashMap<>();
    input.expect('{');
    if (!input.take('}')) {
      do {
        map.put(input.name(), value.read(input));
      } while (input.take(','));
      input.expect('}');
    }
    return map;
  }
}
