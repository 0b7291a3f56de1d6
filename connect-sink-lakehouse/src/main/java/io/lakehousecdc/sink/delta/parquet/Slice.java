// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.util.function.Supplier;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * Some rows of a row group, and which of them are wanted.
 *
 * @param group number of the row group
 * @param groupStart index of its first row in the file
 * @param from first row, as an offset in the group
 * @param to offset after the last row
 * @param rows rows wanted of the whole file
 */
record Slice(int group, int groupStart, int from, int to, RoaringBitmap rows) {
  /** Rows in one of so many: below, pages are chosen; above, whole row groups are read. */
  private static final int DENSE = 64;

  /**
   * Where one of so many parts of a row group lies before or after all wanted rows, pages are
   * chosen.
   */
  private static final int PART = 8;

  /** Number of rows wanted. */
  int wanted() {
    return Math.toIntExact(rows.rangeCardinality((long) groupStart + from, (long) groupStart + to));
  }

  /** The rows wanted, and perhaps others after them. */
  PeekableIntIterator iterator() {
    PeekableIntIterator iterator = rows.getIntIterator();
    iterator.advanceIfNeeded(groupStart + from);
    return iterator;
  }

  /** The rows wanted, as offsets in the group. */
  int[] offsets() {
    PeekableIntIterator iterator = iterator();
    int[] offsets = new int[wanted()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = iterator.next() - groupStart;
    }
    return offsets;
  }

  boolean isSparse() {
    return (long) wanted() * DENSE < to - from;
  }

  /** Whether many pages of a row group of so many rows hold nothing that is wanted. */
  boolean leavesOutPages(int count) {
    return isSparse() || (long) (to - from) * PART <= (long) count * (PART - 1);
  }

  /** From the first row that is wanted to the last; there has to be one. */
  Slice trimmed() {
    return new Slice(
        group,
        groupStart,
        (int) (rows.nextValue(groupStart + from) - groupStart),
        (int) (rows.previousValue(groupStart + to - 1) - groupStart) + 1,
        rows);
  }

  ColumnCursor assembled(Supplier<Object> records) {
    return ColumnCursor.assembled(records, from);
  }

  Slice from(int offset) {
    return new Slice(group, groupStart, offset, to, rows);
  }

  Slice to(int offset) {
    return new Slice(group, groupStart, from, offset, rows);
  }
}
