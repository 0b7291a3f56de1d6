// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import io.debezium.data.Uuid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;

/**
 * The value to give for a TOAST value that an update left untouched. {@link DebeziumTable} replaces
 * it by what Debezium sends for the column's type: a form of the placeholder, or null if it has
 * none.
 */
enum Unchanged {
  UNCHANGED;

  private static final String UUID_PLACEHOLDER = "b68a35a7-17ad-35b3-af2a-ae46edb4545a";

  /** What arrives in a column of this schema. */
  static Object placeholder(Schema schema) {
    String text = DebeziumRecords.UNAVAILABLE_VALUE;
    if (schema.type() == Schema.Type.STRING) {
      return text;
    }
    if (schema.type() == Schema.Type.BYTES && schema.name() == null) {
      return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
    if (schema.type() == Schema.Type.MAP) {
      return Map.of(text, text);
    }
    return schema.type() == Schema.Type.ARRAY ? listPlaceholder(schema.valueSchema()) : null;
  }

  private static List<Object> listPlaceholder(Schema element) {
    byte[] bytes = DebeziumRecords.UNAVAILABLE_VALUE.getBytes(StandardCharsets.UTF_8);
    List<Object> list = new ArrayList<>();
    if (Uuid.LOGICAL_NAME.equals(element.name())) {
      list.add(UUID_PLACEHOLDER);
    } else if (element.type() == Schema.Type.STRING || element.type() == Schema.Type.BYTES) {
      list.add(placeholder(element));
    } else {
      for (byte each : bytes) {
        list.add(element.type() == Schema.Type.INT64 ? (Object) (long) each : (Object) (int) each);
      }
    }
    return list;
  }
}
