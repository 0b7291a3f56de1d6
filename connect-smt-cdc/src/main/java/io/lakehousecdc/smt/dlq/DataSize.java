// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dlq;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/**
 * The size of Connect data: the bytes of its texts in UTF-8 and of its binary values, and 8 for
 * every other value. It does not depend on the converter; names and schemas do not count. Allocates
 * nothing.
 */
final class DataSize {
  private static final int SCALAR = 8;

  private DataSize() {}

  static long of(Object value) {
    if (value == null) {
      return 0;
    }
    if (value instanceof String text) {
      return utf8(text);
    }
    if (value instanceof byte[] array) {
      return array.length;
    }
    if (value instanceof ByteBuffer buffer) {
      return buffer.remaining();
    }
    long size = 0;
    if (value instanceof Struct struct) {
      List<Field> fields = struct.schema().fields();
      for (int i = 0; i < fields.size(); i++) {
        size += of(struct.get(fields.get(i)));
      }
      return size;
    }
    if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        size += of(list.get(i));
      }
      return size;
    }
    if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        size += of(entry.getValue());
      }
      return size;
    }
    return SCALAR;
  }

  private static long utf8(String text) {
    long bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        // Each half of a surrogate pair counts 2 of its 4 bytes.
        bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return bytes;
  }
}
