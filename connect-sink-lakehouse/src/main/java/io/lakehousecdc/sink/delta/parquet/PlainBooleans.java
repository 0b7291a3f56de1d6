// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;

/** A column of booleans: eight in a byte, the first in its lowest bit. Not for several threads. */
final class PlainBooleans extends PlainColumn {
  private int values;
  private int trueValues;

  PlainBooleans(ColumnDescriptor column, PageWriter pages, ByteBufferAllocator allocator) {
    super(column, pages, allocator);
  }

  @Override
  void put(Object value) {
    int bit = values % Byte.SIZE;
    boolean set = (Boolean) value;
    if (bit == 0) {
      reserve(1);
      buffer[size++] = 0;
    }
    if (set) {
      buffer[size - 1] |= (byte) (1 << bit);
      trueValues++;
    }
    values++;
  }

  @Override
  void describe(Statistics<?> statistics) {
    statistics.updateStats(trueValues == values);
    statistics.updateStats(trueValues > 0);
    values = 0;
    trueValues = 0;
  }
}
