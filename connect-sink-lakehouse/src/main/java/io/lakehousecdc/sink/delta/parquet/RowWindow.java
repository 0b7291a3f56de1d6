// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * A stretch of rows that are decoded column by column and handed out row by row. Values of variable
 * length are counted: once they take so many bytes, no further one is decoded before rows are
 * handed out. So it holds its limit and a row at most, however large cells are and wherever they
 * lie. Not thread-safe.
 */
final class RowWindow {
  private final List<ColumnCursor> cursors;
  private final long limit;
  private final Object[][] rows;
  private final long[] bytes;
  private final int[] filled;
  private long held;

  /**
   * @param size greatest number of rows
   * @param limit bytes of values
   */
  RowWindow(List<ColumnCursor> cursors, int size, long limit) {
    this.cursors = cursors;
    this.limit = limit;
    this.rows = new Object[size][];
    this.bytes = new long[size];
    this.filled = new int[cursors.size()];
  }

  /**
   * Reads rows.
   *
   * @param indexes index of each row in its file
   * @param offsets offset of each in the row group
   * @param count number of rows, at most the size
   */
  void read(int[] indexes, int[] offsets, int count, RowVisitor visitor) throws IOException {
    Arrays.fill(filled, 0);
    for (int i = 0; i < count; i++) {
      rows[i] = new Object[filled.length];
    }
    int next = 0;
    while (next < count) {
      int complete = fill(offsets, next, count);
      for (; next < complete; next++) {
        Object[] row = rows[next];
        rows[next] = null;
        held -= bytes[next];
        bytes[next] = 0;
        visitor.row(indexes[next], row);
      }
    }
  }

  /** Decodes more; the index of the first row, after {@code from}, that lacks a value. */
  private int fill(int[] offsets, int from, int count) {
    int complete = count;
    for (int column = 0; column < filled.length; column++) {
      // What a column is ahead of the others is handed out before it gets any further.
      if (filled[column] == from) {
        filled[column] = cursors.get(column).fill(offsets, from, complete, this, column);
      }
      complete = Math.min(complete, filled[column]);
    }
    return complete;
  }

  /** Sets a value of fixed length. */
  void set(int row, int column, Object value) {
    rows[row][column] = value;
  }

  /** Sets a value of variable length; whether there is to be no other for now. */
  boolean setLarge(int row, int column, Object value) {
    rows[row][column] = value;
    long size = CellBytes.of(value);
    bytes[row] += size;
    held += size;
    return held >= limit;
  }
}
