package io.lakehousecdc.sink.decode;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/** Connect data as JSON text: bytes in Base64, decimals and non-finite numbers as strings. */
final class ConnectJson {
  private final StringBuilder json = new StringBuilder();

  private ConnectJson() {}

  static String text(Object value) {
    ConnectJson writer = new ConnectJson();
    writer.write(value);
    return writer.json.toString();
  }

  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private void write(Object value) {
    if (value == null || value instanceof Boolean) {
      json.append(value);
    } else if (value instanceof Struct struct) {
      char separator = '{';
      for (Field field : struct.schema().fields()) {
        separator = member(separator, field.name(), struct.getWithoutDefault(field.name()));
      }
      json.append(separator == '{' ? "{}" : "}");
    } else if (value instanceof Map<?, ?> map) {
      char separator = '{';
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        separator = member(separator, String.valueOf(entry.getKey()), entry.getValue());
      }
      json.append(separator == '{' ? "{}" : "}");
    } else if (value instanceof Collection<?> list) {
      char separator = '[';
      for (Object element : list) {
        json.append(separator);
        write(element);
        separator = ',';
      }
      json.append(separator == '[' ? "[]" : "]");
    } else if (value instanceof byte[] bytes) {
      string(Base64.getEncoder().encodeToString(bytes));
    } else if (value instanceof ByteBuffer buffer) {
      string(Base64.getEncoder().encodeToString(bytes(buffer)));
    } else if (value instanceof java.util.Date date) {
      string(Instant.ofEpochMilli(date.getTime()).toString());
    } else if (value instanceof BigDecimal decimal) {
      string(decimal.toPlainString());
    } else if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      json.append(number);
    } else {
      string(value.toString());
    }
  }

  private char member(char separator, String name, Object value) {
    json.append(separator);
    string(name);
    json.append(':');
    write(value);
    return ',';
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
