// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.util.Collection;
import java.util.Map;

/**
 * The heap that values take, counted so that large cells cannot hide: exactly for texts and bytes
 * of some length, roughly for what is small anyway.
 */
public final class CellBytes {
  private static final int OBJECT = 24;

  private CellBytes() {}

  /**
   * Bytes of a value.
   *
   * @param value of the classes that {@link DeltaColumn} names, or null
   */
  public static long of(Object value) {
    if (value instanceof String text) {
      return OBJECT + 2L * text.length();
    }
    if (value instanceof byte[] bytes) {
      return OBJECT + bytes.length;
    }
    if (value instanceof Collection<?> elements) {
      return OBJECT + ofAll(elements);
    }
    if (value instanceof Map<?, ?> map) {
      return OBJECT + ofAll(map.keySet()) + ofAll(map.values());
    }
    if (value instanceof Object[] fields) {
      return ofRow(fields);
    }
    return value == null ? 0 : OBJECT;
  }

  /** Bytes of all values of a row. */
  public static long ofRow(Object[] row) {
    long bytes = OBJECT;
    for (Object value : row) {
      bytes += of(value);
    }
    return bytes;
  }

  private static long ofAll(Collection<?> values) {
    long bytes = 0;
    for (Object value : values) {
      bytes += of(value);
    }
    return bytes;
  }
}
