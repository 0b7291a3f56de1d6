// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.debezium.data.Bits;
import io.debezium.data.Json;
import io.debezium.data.Uuid;
import io.debezium.data.VariableScaleDecimal;
import io.debezium.data.geometry.Geography;
import io.debezium.data.geometry.Geometry;
import io.debezium.data.vector.SparseDoubleVector;
import io.debezium.time.Date;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.decode.type.SourceTypes;
import io.lakehousecdc.sink.decode.type.TypeTable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.connect.data.Schema;

/**
 * The placeholders that Debezium sends for out-of-line (TOAST) values that a change left untouched.
 * The form depends on the column's type, as in Debezium's {@code UnchangedToastedPlaceholder}.
 * Compares Connect's values, before their conversion. Immutable.
 */
public final class Placeholders {
  private final String text;
  private final byte[] bytes;
  private final String uuid;
  private final String[] texts;

  public Placeholders(String placeholder) {
    text = placeholder;
    bytes = placeholder.getBytes(StandardCharsets.UTF_8);
    uuid = UUID.nameUUIDFromBytes(bytes).toString();
    texts =
        new String[] {
          text,
          HexFormat.of().formatHex(bytes),
          Base64.getEncoder().encodeToString(bytes),
          Base64.getUrlEncoder().encodeToString(bytes),
          "{\"" + text + "\":\"" + text + "\"}"
        };
  }

  public boolean matches(Object value) {
    if (value instanceof String string) {
      return isText(string);
    }
    if (value instanceof byte[] array) {
      return Arrays.equals(bytes, array);
    }
    if (value instanceof ByteBuffer buffer) {
      return buffer.remaining() == bytes.length && buffer.equals(ByteBuffer.wrap(bytes));
    }
    if (value instanceof List<?> list) {
      return isList(list);
    }
    return value instanceof Map<?, ?> map && map.size() == 1 && text.equals(map.get(text));
  }

  /** Compares lengths first, so that the test of ordinary text is cheap. */
  private boolean isText(String string) {
    for (String form : texts) {
      if (form.length() == string.length() && form.equals(string)) {
        return true;
      }
    }
    return false;
  }

  /** A list of one placeholder as text, bytes or UUID, or of the placeholder's bytes as numbers. */
  private boolean isList(List<?> list) {
    if (list.size() == 1) {
      Object element = list.get(0);
      return uuid.equals(element) || !(element instanceof List<?>) && matches(element);
    }
    if (list.size() != bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if (!(list.get(i) instanceof Number number) || number.longValue() != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether a value of this type can be out of line but has no placeholder. If a change leaves it
   * untouched, Debezium cannot convert the placeholder and sends null.
   */
  static boolean areMissingFor(Schema schema) {
    return switch (schema.type()) {
      case ARRAY -> !hasElementForm(schema) || isTextOfBytes(schema);
      case STRUCT ->
          VariableScaleDecimal.LOGICAL_NAME.equals(schema.name())
              || Geometry.LOGICAL_NAME.equals(schema.name())
              || Geography.LOGICAL_NAME.equals(schema.name())
              || SparseDoubleVector.LOGICAL_NAME.equals(schema.name());
      case BYTES ->
          Bits.LOGICAL_NAME.equals(schema.name())
              && TypeTable.of(schema).type().equals(new LogicalType.Bits(Integer.MAX_VALUE));
      case STRING -> isTextOfBytes(schema);
      case FLOAT64 -> SourceTypes.isOneOf(schema, "numeric");
      default -> false;
    };
  }

  /** bytea in Base64, and bytea[] in Base64 or hex, if the schema names the source's type. */
  private static boolean isTextOfBytes(Schema schema) {
    return schema.type() == Schema.Type.STRING
        ? SourceTypes.isOneOf(schema, "bytea")
        : schema.valueSchema().type() == Schema.Type.STRING
            && SourceTypes.isOneOf(schema, "_bytea");
  }

  /** Arrays of text, JSON, UUIDs, bytes, dates and whole numbers have a placeholder. */
  private static boolean hasElementForm(Schema array) {
    Schema element = array.valueSchema();
    return switch (element.type()) {
      case STRING ->
          element.name() == null
              || element.name().equals(Json.LOGICAL_NAME)
              || element.name().equals(Uuid.LOGICAL_NAME);
      case INT32 -> element.name() == null || element.name().equals(Date.SCHEMA_NAME);
      case BYTES, INT64 -> element.name() == null;
      default -> false;
    };
  }
}
