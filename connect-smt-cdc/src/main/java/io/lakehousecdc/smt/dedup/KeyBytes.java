// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dedup;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/**
 * A record key as bytes: equal keys give equal bytes, different keys different ones. A hash would
 * be smaller, but two keys with one hash would drop each other's changes. All widths of integers
 * are written alike, so that a widened key column stays the same key.
 */
final class KeyBytes {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(32);
  private final DataOutputStream out = new DataOutputStream(bytes);

  private KeyBytes() {}

  /** Encodes a key that is not null. */
  static byte[] of(Object key) {
    KeyBytes encoder = new KeyBytes();
    try {
      encoder.write(key);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return encoder.bytes.toByteArray();
  }

  private void write(Object value) throws IOException {
    if (value == null) {
      out.writeByte('n');
    } else if (value instanceof Struct struct) {
      writeStruct(struct);
    } else if (value instanceof Map<?, ?> map) {
      writeMap(map);
    } else if (value instanceof List<?> list) {
      out.writeByte('l');
      out.writeInt(list.size());
      for (Object element : list) {
        write(element);
      }
    } else if (value instanceof Float || value instanceof Double) {
      out.writeByte('f');
      out.writeDouble(((Number) value).doubleValue());
    } else if (value instanceof Byte
        || value instanceof Short
        || value instanceof Integer
        || value instanceof Long) {
      out.writeByte('i');
      out.writeLong(((Number) value).longValue());
    } else if (value instanceof byte[] array) {
      writeBytes('b', array);
    } else if (value instanceof ByteBuffer buffer) {
      byte[] array = new byte[buffer.remaining()];
      buffer.duplicate().get(array);
      writeBytes('b', array);
    } else if (value instanceof String text) {
      writeBytes('s', text.getBytes(StandardCharsets.UTF_8));
    } else {
      // Boolean, BigDecimal, Date: their text is exact, and the class keeps the kinds apart.
      String text = value.getClass().getName() + ':' + value;
      writeBytes('o', text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private void writeStruct(Struct struct) throws IOException {
    out.writeByte('r');
    out.writeInt(struct.schema().fields().size());
    for (Field field : struct.schema().fields()) {
      writeBytes('s', field.name().getBytes(StandardCharsets.UTF_8));
      write(struct.get(field));
    }
  }

  private void writeMap(Map<?, ?> map) throws IOException {
    Map<String, Object> sorted = new TreeMap<>();
    map.forEach((name, value) -> sorted.put(String.valueOf(name), value));
    out.writeByte('m');
    out.writeInt(sorted.size());
    for (Map.Entry<String, Object> entry : sorted.entrySet()) {
      writeBytes('s', entry.getKey().getBytes(StandardCharsets.UTF_8));
      write(entry.getValue());
    }
  }

  private void writeBytes(char tag, byte[] array) throws IOException {
    out.writeByte(tag);
    out.writeInt(array.length);
    out.write(array);
  }
}
