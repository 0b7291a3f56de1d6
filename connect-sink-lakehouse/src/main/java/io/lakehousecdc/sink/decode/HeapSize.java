// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.change.ChangeEvent;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Estimates of the heap size of events. */
final class HeapSize {
  private static final int EVENT = 160;
  private static final int REFERENCE = 8;
  private static final int BOX = 16;
  private static final int HEADER = 48;

  private HeapSize() {}

  static int of(ChangeEvent event) {
    if (event instanceof ChangeEvent.RowEvent row) {
      return (int) Math.min(Integer.MAX_VALUE, EVENT + cells(row.after()) + cells(row.before()));
    }
    return EVENT;
  }

  private static long cells(Object[] cells) {
    if (cells == null) {
      return 0;
    }
    long size = HEADER;
    for (Object cell : cells) {
      size += REFERENCE + cell(cell);
    }
    return size;
  }

  /** Text counts one byte per character, as the JVM stores Latin text. */
  private static long cell(Object cell) {
    if (cell == null) {
      return 0;
    }
    if (cell instanceof String text) {
      return HEADER + text.length();
    }
    if (cell instanceof byte[] bytes) {
      return BOX + bytes.length;
    }
    if (cell instanceof BigDecimal) {
      return 2 * HEADER;
    }
    long size = HEADER;
    if (cell instanceof List<?> list) {
      for (Object element : list) {
        size += REFERENCE + cell(element);
      }
      return size;
    }
    if (cell instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        size += HEADER + cell(entry.getKey()) + cell(entry.getValue());
      }
      return size;
    }
    return BOX;
  }
}
