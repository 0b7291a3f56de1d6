// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/** Schemas of all types at random, and values for them. */
final class RandomSchemas {
  private static final String[] TEXTS = {
    "", "plain", "with \"quotes\" and \\", "line\nfeed\t\u0001\u001F\u007F", "gr\u00FC\u00DF",
    "\u20AC\u4E2D", "\uD83D\uDE00 face", "\uD800 alone", "null", "\u2028\uFFFD"
  };
  private static final String[] NAMES = {
    "field_", "field_", "field_", "a\\n", "a\n", "\uD800", "?", "\uFFFD", "\u00FC", "\uD83D\uDE00"
  };
  private static final double[] DOUBLES = {
    0,
    -0.0,
    1,
    -1.5,
    0.1,
    1e-320,
    1e300,
    123456789012345678.0,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    1e7,
    1e-3
  };

  private final Random random;

  RandomSchemas(Random random) {
    this.random = random;
  }

  /** A schema that is nested so deep at most. */
  Schema schema(int depth) {
    return optional(builder(depth)).build();
  }

  /** A struct with some fields. */
  Schema struct(int depth) {
    return optional(structBuilder(depth)).build();
  }

  private SchemaBuilder optional(SchemaBuilder builder) {
    if (random.nextInt(3) > 0) {
      builder.optional();
    }
    // Schemas whose default is a container are not equal to copies of themselves if it holds bytes.
    if (random.nextInt(6) == 0 && builder.type().isPrimitive()) {
      builder.defaultValue(present(builder));
    }
    if (random.nextInt(8) == 0) {
      builder.doc(text());
    }
    return builder;
  }

  private SchemaBuilder builder(int depth) {
    int bound = depth == 0 ? 13 : 17;
    return switch (random.nextInt(bound)) {
      case 0 -> SchemaBuilder.bool();
      case 1 -> SchemaBuilder.int8();
      case 2 -> SchemaBuilder.int16();
      case 3 -> SchemaBuilder.int32();
      case 4 -> SchemaBuilder.int64();
      case 5 -> SchemaBuilder.float32();
      case 6 -> SchemaBuilder.float64();
      case 7 -> SchemaBuilder.string();
      case 8 -> SchemaBuilder.bytes();
      case 9 -> Decimal.builder(random.nextInt(5) - 1);
      case 10 -> Date.builder();
      case 11 -> Time.builder();
      case 12 -> Timestamp.builder();
      case 13 -> SchemaBuilder.array(schema(depth - 1));
      case 14 -> SchemaBuilder.map(Schema.STRING_SCHEMA, schema(depth - 1));
      case 15 ->
          SchemaBuilder.map(
              random.nextBoolean() ? Schema.INT32_SCHEMA : Schema.OPTIONAL_STRING_SCHEMA,
              schema(depth - 1));
      default -> structBuilder(depth - 1);
    };
  }

  private SchemaBuilder structBuilder(int depth) {
    SchemaBuilder builder = SchemaBuilder.struct();
    if (random.nextBoolean()) {
      builder.name("shop.public.orders." + random.nextInt(4)).version(random.nextInt(3));
    }
    if (random.nextInt(4) == 0) {
      builder.parameter("note", text());
    }
    int fields = random.nextInt(7);
    for (int i = 0; i < fields; i++) {
      String name = random.nextInt(10) == 0 ? text() + i : NAMES[random.nextInt(NAMES.length)] + i;
      builder.field(name, schema(depth));
    }
    return builder;
  }

  /** A value of a schema, null now and then where that is allowed. */
  Object value(Schema schema) {
    return schema.isOptional() && random.nextInt(4) == 0 ? null : present(schema);
  }

  private Object present(Schema schema) {
    String name = schema.name() == null ? "" : schema.name();
    return switch (name) {
      case Decimal.LOGICAL_NAME ->
          new BigDecimal(
              new BigInteger(random.nextInt(90) + 1, random).negate(),
              Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD)));
      case Date.LOGICAL_NAME -> Date.toLogical(Date.SCHEMA, random.nextInt(100_000) - 50_000);
      case Time.LOGICAL_NAME -> Time.toLogical(Time.SCHEMA, random.nextInt(86_400_000));
      case Timestamp.LOGICAL_NAME -> Timestamp.toLogical(Timestamp.SCHEMA, number());
      default -> byType(schema);
    };
  }

  private Object byType(Schema schema) {
    return switch (schema.type()) {
      case BOOLEAN -> random.nextBoolean();
      case INT8 -> (byte) random.nextInt();
      case INT16 -> (short) random.nextInt();
      case INT32 -> (int) number();
      case INT64 -> number();
      case FLOAT32 -> (float) real();
      case FLOAT64 -> real();
      case STRING -> text();
      case BYTES -> bytes();
      case ARRAY -> list(() -> value(schema.valueSchema()));
      case MAP -> map(() -> present(schema.keySchema()), () -> value(schema.valueSchema()));
      case STRUCT -> structValue(schema);
    };
  }

  private Struct structValue(Schema schema) {
    // A builder's fields are those of the schema that it will build.
    Struct struct = new Struct(schema instanceof SchemaBuilder builder ? builder.build() : schema);
    for (Field field : struct.schema().fields()) {
      struct.put(field, value(field.schema()));
    }
    return struct;
  }

  private List<Object> list(Supplier<Object> element) {
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(element.get());
    }
    return list;
  }

  private Map<Object, Object> map(Supplier<Object> key, Supplier<Object> value) {
    Map<Object, Object> map = new HashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      map.put(key.get(), value.get());
    }
    return map;
  }

  private long number() {
    return random.nextLong() >> random.nextInt(64);
  }

  private double real() {
    return random.nextBoolean()
        ? DOUBLES[random.nextInt(DOUBLES.length)]
        : random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(12)];
    random.nextBytes(bytes);
    return bytes;
  }

  String text() {
    return TEXTS[random.nextInt(TEXTS.length)];
  }
}
