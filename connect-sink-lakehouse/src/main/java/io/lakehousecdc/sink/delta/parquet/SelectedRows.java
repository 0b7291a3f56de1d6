// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.util.stream.IntStream;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.internal.filter2.columnindex.RowRanges;

/**
 * Single rows in the form in which parquet-java takes ranges of rows: as the pages of an index,
 * each of one row.
 *
 * @param rows offsets in the row group, ascending
 */
record SelectedRows(int[] rows) implements OffsetIndex {

  static RowRanges ranges(int[] rows) {
    return RowRanges.create(
        rows[rows.length - 1] + 1L,
        IntStream.range(0, rows.length).iterator(),
        new SelectedRows(rows));
  }

  @Override
  public int getPageCount() {
    return rows.length;
  }

  @Override
  public long getFirstRowIndex(int page) {
    return rows[page];
  }

  @Override
  public long getLastRowIndex(int page, long rowGroupRowCount) {
    return rows[page];
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
