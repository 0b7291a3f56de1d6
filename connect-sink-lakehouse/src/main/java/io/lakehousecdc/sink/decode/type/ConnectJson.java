// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * Writes Connect data as the JSON that Connect's {@code JsonConverter} writes without schemas:
 * bytes and decimals in Base64, dates and times as numbers, NaN and infinities as strings. Thus a
 * dead letter can be published again.
 */
public final class ConnectJson {
  private final StringBuilder json = new StringBuilder();

  private ConnectJson() {}

  /**
   * The value as JSON.
   *
   * @param schema schema of the value; may be null
   */
  public static String text(Schema schema, Object value) {
    ConnectJson writer = new ConnectJson();
    writer.write(schema, value);
    return writer.json.toString();
  }

  private void write(Schema schema, Object value) {
    if (value == null || value instanceof Boolean) {
      json.append(value);
    } else if (value instanceof Struct struct) {
      char separator = '{';
      for (Field field : struct.schema().fields()) {
        Object member = struct.getWithoutDefault(field.name());
        separator = member(separator, field.name(), field.schema(), member);
      }
      json.append(separator == '{' ? "{}" : "}");
    } else if (value instanceof Map<?, ?> map) {
      char separator = '{';
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        String name = String.valueOf(entry.getKey());
        separator = member(separator, name, element(schema), entry.getValue());
      }
      json.append(separator == '{' ? "{}" : "}");
    } else if (value instanceof Collection<?> list) {
      char separator = '[';
      for (Object each : list) {
        json.append(separator);
        write(element(schema), each);
        separator = ',';
      }
      json.append(separator == '[' ? "[]" : "]");
    } else if (value instanceof byte[] || value instanceof ByteBuffer) {
      base64(Scalars.bytes(value));
    } else if (value instanceof BigDecimal decimal) {
      base64(decimal.unscaledValue().toByteArray());
    } else if (value instanceof Date date) {
      json.append(number(schema, date));
    } else if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      json.append(number);
    } else {
      string(value.toString());
    }
  }

  private static Schema element(Schema container) {
    return container == null ? null : container.valueSchema();
  }

  private static long number(Schema schema, Date date) {
    boolean isMillis =
        schema == null
            || Timestamp.LOGICAL_NAME.equals(schema.name())
            || Time.LOGICAL_NAME.equals(schema.name());
    return isMillis ? date.getTime() : Math.floorDiv(date.getTime(), 86_400_000L);
  }

  private char member(char separator, String name, Schema schema, Object value) {
    json.append(separator);
    string(name);
    json.append(':');
    write(schema, value);
    return ',';
  }

  private void base64(byte[] bytes) {
    string(Base64.getEncoder().encodeToString(bytes));
  }

  private void string(String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < ' ') {
            json.append(String.format("\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }
}
