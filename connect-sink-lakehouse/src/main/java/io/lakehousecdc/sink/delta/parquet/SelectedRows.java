// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.internal.filter2.columnindex.RowRanges;

/**
 * Rows in the form in which parquet-java takes ranges of rows: as the pages of an index, one for
 * each stretch of rows.
 *
 * @param first offsets in the row group at which stretches begin, ascending
 * @param last offsets of their last rows
 */
record SelectedRows(int[] first, int[] last) implements OffsetIndex {

  /**
   * Single rows. The row after the last comes, too: parquet-java 1.16 takes a column for read to
   * its end as soon as it looks for the last row of all on another page, and then hands out the row
   * that follows the one before it.
   *
   * @param rows ascending; the last may be the last of its row group only where it is the only one
   */
  static RowRanges ranges(int[] rows) {
    int[] first = rows.length > 1 ? Arrays.copyOf(rows, rows.length + 1) : rows;
    if (rows.length > 1) {
      first[rows.length] = rows[rows.length - 1] + 1;
    }
    return ranges(new SelectedRows(first, first));
  }

  /**
   * All rows from one to another. The row after the last comes, too, as for single rows.
   *
   * @param last the last row of a row group only where it is {@code first}
   */
  static RowRanges range(int first, int last) {
    int end = first == last ? last : last + 1;
    return ranges(new SelectedRows(new int[] {first}, new int[] {end}));
  }

  private static RowRanges ranges(SelectedRows selected) {
    int count = selected.first.length;
    return RowRanges.create(
        selected.last[count - 1] + 1L, IntStream.range(0, count).iterator(), selected);
  }

  @Override
  public int getPageCount() {
    return first.length;
  }

  @Override
  public long getFirstRowIndex(int page) {
    return first[page];
  }

  @Override
  public long getLastRowIndex(int page, long rowGroupRowCount) {
    return last[page];
  }

  @Override
  public long getOffset(int page) {
    throw new UnsupportedOperationException("These pages exist in no file");
  }

  @Override
  public int getCompressedPageSize(int page) {
    throw new UnsupportedOperationException("These pages exist in no file");
  }
}
