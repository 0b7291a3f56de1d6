// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dlq;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.Iterator;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * Writes Connect data as the JSON that Connect's {@code JsonConverter} writes without schemas:
 * binary and decimals in base64, dates and times as numbers, NaN and infinities as strings. Thus
 * the text can be published again to a topic that such a converter reads. Implemented here because
 * a plugin must not contain {@code connect-json}.
 */
public final class JsonText {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private final StringBuilder out = new StringBuilder();

  private JsonText() {}

  /**
   * A record's key or value as text.
   *
   * @param schema may be null
   * @return null for null; strings as they are, binary as UTF-8 or else in base64, everything else
   *     as JSON
   */
  public static String of(Schema schema, Object value) {
    if (value == null) {
      return null;
    }
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof byte[] array) {
      return text(ByteBuffer.wrap(array));
    }
    if (value instanceof ByteBuffer buffer) {
      return text(buffer.duplicate());
    }
    JsonText json = new JsonText();
    json.write(schema, value);
    return json.out.toString();
  }

  private static String text(ByteBuffer bytes) {
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate());
      return text.toString();
    } catch (CharacterCodingException binary) {
      return base64(bytes);
    }
  }

  private static String base64(ByteBuffer bytes) {
    byte[] array = new byte[bytes.remaining()];
    bytes.duplicate().get(array);
    return Base64.getEncoder().encodeToString(array);
  }

  private void write(Schema schema, Object value) {
    if (value == null) {
      out.append("null");
    } else if (value instanceof Struct struct) {
      writeStruct(struct);
    } else if (value instanceof Map<?, ?> map) {
      writeMap(schema, map);
    } else if (value instanceof Collection<?> list) {
      writeArray(schema, list);
    } else if (value instanceof BigDecimal decimal) {
      writeString(base64(ByteBuffer.wrap(decimal.unscaledValue().toByteArray())));
    } else if (value instanceof Date date) {
      writeDate(schema, date);
    } else if (value instanceof byte[] array) {
      writeString(base64(ByteBuffer.wrap(array)));
    } else if (value instanceof ByteBuffer buffer) {
      writeString(base64(buffer));
    } else if (isPlain(value)) {
      out.append(value);
    } else {
      writeString(value.toString());
    }
  }

  /** Whether JSON can represent the value as such: it has no NaN and no infinities. */
  private static boolean isPlain(Object value) {
    if (value instanceof Double || value instanceof Float) {
      return Double.isFinite(((Number) value).doubleValue());
    }
    return value instanceof Number || value instanceof Boolean;
  }

  private void writeStruct(Struct struct) {
    out.append('{');
    String separator = "";
    for (Field field : struct.schema().fields()) {
      out.append(separator);
      writeString(field.name());
      out.append(':');
      write(field.schema(), struct.getWithoutDefault(field.name()));
      separator = ",";
    }
    out.append('}');
  }

  private void writeMap(Schema schema, Map<?, ?> map) {
    Schema keySchema = schema == null ? null : schema.keySchema();
    Schema valueSchema = schema == null ? null : schema.valueSchema();
    boolean object = map.keySet().stream().allMatch(String.class::isInstance);
    out.append(object ? '{' : '[');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(separator).append(object ? "" : "[");
      write(keySchema, entry.getKey());
      out.append(object ? ':' : ',');
      write(valueSchema, entry.getValue());
      out.append(object ? "" : "]");
      separator = ",";
    }
    out.append(object ? '}' : ']');
  }

  private void writeArray(Schema schema, Collection<?> list) {
    Schema elementSchema = schema == null ? null : schema.valueSchema();
    out.append('[');
    for (Iterator<?> elements = list.iterator(); elements.hasNext(); ) {
      write(elementSchema, elements.next());
      out.append(elements.hasNext() ? "," : "");
    }
    out.append(']');
  }

  private void writeDate(Schema schema, Date date) {
    String name = schema == null ? Timestamp.LOGICAL_NAME : schema.name();
    if (org.apache.kafka.connect.data.Date.LOGICAL_NAME.equals(name)) {
      out.append(org.apache.kafka.connect.data.Date.fromLogical(schema, date));
    } else if (Time.LOGICAL_NAME.equals(name)) {
      out.append(Time.fromLogical(schema, date));
    } else {
      out.append(date.getTime());
    }
  }

  private void writeString(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
