// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dlq;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;

/**
 * The expected type of a field: a Connect type such as {@code INT64}, or the name of a semantic
 * type such as {@code io.debezium.time.ZonedTimestamp}.
 */
public sealed interface FieldType {

  /** Whether a field of this schema has the type. */
  boolean admits(Schema schema);

  /** Whether a value without a schema can have the type; null always can. */
  boolean admits(Object schemaless);

  /**
   * Parses a type.
   *
   * @throws IllegalArgumentException if the text is neither
   */
  static FieldType parse(String text) {
    if (text.indexOf('.') >= 0) {
      return new Semantic(text);
    }
    try {
      return new Plain(Schema.Type.valueOf(text.toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException unknown) {
      throw new IllegalArgumentException(
          "'%s' is no type: use one of %s, or the full name of a semantic type"
              .formatted(text, List.of(Schema.Type.values())),
          unknown);
    }
  }

  /** One of Connect's own types. */
  record Plain(Schema.Type type) implements FieldType {
    @Override
    public boolean admits(Schema schema) {
      return schema.type() == type;
    }

    @Override
    public boolean admits(Object schemaless) {
      if (schemaless == null) {
        return true;
      }
      return switch (type) {
        case INT8 -> isInteger(schemaless, Byte.MIN_VALUE, Byte.MAX_VALUE);
        case INT16 -> isInteger(schemaless, Short.MIN_VALUE, Short.MAX_VALUE);
        case INT32 -> isInteger(schemaless, Integer.MIN_VALUE, Integer.MAX_VALUE);
        case INT64 -> isInteger(schemaless, Long.MIN_VALUE, Long.MAX_VALUE);
        case FLOAT32, FLOAT64 -> schemaless instanceof Number;
        case BOOLEAN -> schemaless instanceof Boolean;
        case STRING -> schemaless instanceof String;
        // JSON holds binary as text.
        case BYTES ->
            schemaless instanceof byte[]
                || schemaless instanceof ByteBuffer
                || schemaless instanceof String;
        case ARRAY -> schemaless instanceof List;
        case MAP, STRUCT -> schemaless instanceof Map;
      };
    }

    private static boolean isInteger(Object value, long min, long max) {
      boolean integer =
          value instanceof Long
              || value instanceof Integer
              || value instanceof Short
              || value instanceof Byte;
      return integer && ((Number) value).longValue() >= min && ((Number) value).longValue() <= max;
    }

    @Override
    public String toString() {
      return type.toString();
    }
  }

  /** A semantic type, recognised by the schema's name; data without a schema is not checked. */
  record Semantic(String name) implements FieldType {
    @Override
    public boolean admits(Schema schema) {
      return name.equals(schema.name());
    }

    @Override
    public boolean admits(Object schemaless) {
      return true;
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
