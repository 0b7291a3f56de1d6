// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import java.util.List;
import java.util.Map;

/** The JSON text of decoded values: maps, lists, text, numbers and truth values. */
final class JsonText {
  private JsonText() {}

  static String of(Object value) {
    StringBuilder json = new StringBuilder();
    append(value, json);
    return json.toString();
  }

  private static void append(Object value, StringBuilder json) {
    if (value instanceof Map<?, ?> map) {
      appendObject(map, json);
    } else if (value instanceof List<?> list) {
      char separator = '[';
      for (Object element : list) {
        json.append(separator);
        append(element, json);
        separator = ',';
      }
      json.append(list.isEmpty() ? "[]" : "]");
    } else if (value instanceof Double number && !Double.isFinite(number)
        || value instanceof Float single && !Float.isFinite(single)) {
      appendText(value.toString(), json);
    } else if (value == null || value instanceof Number || value instanceof Boolean) {
      json.append(value);
    } else {
      appendText(value.toString(), json);
    }
  }

  private static void appendObject(Map<?, ?> map, StringBuilder json) {
    char separator = '{';
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      json.append(separator);
      appendText(String.valueOf(entry.getKey()), json);
      json.append(':');
      append(entry.getValue(), json);
      separator = ',';
    }
    json.append(map.isEmpty() ? "{}" : "}");
  }

  private static void appendText(String text, StringBuilder json) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < 0x20) {
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
