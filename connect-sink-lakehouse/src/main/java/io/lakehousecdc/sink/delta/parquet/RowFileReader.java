// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInput;
import java.io.IOException;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * The reader of rows in Parquet files of Delta tables, whoever wrote them. Columns that a file does
 * not have are NULL, columns that were widened since are read at their present type. Thread-safe.
 */
public final class RowFileReader {
  private static final int BATCH = 4096;

  /** Rows in one of so many: below, pages are chosen; above, whole row groups are read. */
  private static final int DENSE = 64;

  private final FileIO store;

  public RowFileReader(FileIO store) {
    this.store = store;
  }

  /** Number of rows in a file, deleted ones included. */
  public long rows(String location) throws IOException {
    try (FileInput input = store.open(location);
        ParquetFileReader file = open(input)) {
      return file.getRecordCount();
    }
  }

  /**
   * Reads some rows of a file in order.
   *
   * @param rows indexes of the rows wanted; none beyond the file's end
   * @param columns columns wanted
   * @throws IllegalArgumentException a stored column cannot be read as the type that it has now
   */
  public void read(
      String location, RoaringBitmap rows, List<DeltaColumn> columns, RowVisitor visitor)
      throws IOException {
    if (rows.isEmpty()) {
      return;
    }
    try (FileInput input = store.open(location);
        ParquetFileReader file = open(input)) {
      FileMetaData about = file.getFooter().getFileMetaData();
      RowGroupColumns found = new RowGroupColumns(columns, about.getSchema(), about.getCreatedBy());
      file.setRequestedSchema(found.projection());
      List<BlockMetaData> groups = file.getRowGroups();
      long start = 0;
      for (int i = 0; i < groups.size(); i++) {
        long end = start + groups.get(i).getRowCount();
        if (rows.intersects(start, end)) {
          readGroup(file, new Group(i, groups.get(i), start, end), rows, found, visitor);
        }
        start = end;
      }
      if (rows.last() >= start) {
        throw new IOException(
            "The file "
                + location
                + " has "
                + start
                + " rows and no row "
                + rows.last()
                + ": its log entry or its deletion vector belongs to another file");
      }
    }
  }

  /**
   * A row group: its number, what the footer says, the indexes of its first row and after its last.
   */
  private record Group(int number, BlockMetaData metadata, long start, long end) {

    /** Whether single pages can be read. */
    boolean hasPageIndex() {
      return metadata.getColumns().stream()
          .allMatch(column -> column.getOffsetIndexReference() != null);
    }
  }

  private static void readGroup(
      ParquetFileReader file,
      Group group,
      RoaringBitmap rows,
      RowGroupColumns columns,
      RowVisitor visitor)
      throws IOException {
    long count = rows.rangeCardinality(group.start, group.end);
    if (count * DENSE < group.end - group.start && group.hasPageIndex()) {
      int[] offsets = offsets(rows, group, Math.toIntExact(count));
      try (PageReadStore pages =
          file.readFilteredRowGroup(group.number, SelectedRows.ranges(offsets))) {
        // Only the rows wanted come.
        visit(columns, pages, new Wanted(rows, group.start, count), 0, visitor);
      }
    } else {
      try (PageReadStore pages = file.readRowGroup(group.number)) {
        visit(columns, pages, new Wanted(rows, group.start, count), 1, visitor);
      }
    }
  }

  /** So many of the rows, from the given index on. */
  private record Wanted(RoaringBitmap rows, long start, long count) {

    PeekableIntIterator iterator() {
      PeekableIntIterator iterator = rows.getIntIterator();
      iterator.advanceIfNeeded((int) start);
      return iterator;
    }
  }

  private static int[] offsets(RoaringBitmap rows, Group group, int count) {
    PeekableIntIterator iterator = new Wanted(rows, group.start, count).iterator();
    int[] offsets = new int[count];
    for (int i = 0; i < count; i++) {
      offsets[i] = (int) (iterator.next() - group.start);
    }
    return offsets;
  }

  /**
   * @param gap 1 where the rows between those wanted come, too, and have to be left out; else 0
   */
  private static void visit(
      RowGroupColumns columns, PageReadStore pages, Wanted wanted, int gap, RowVisitor visitor)
      throws IOException {
    List<ColumnCursor> cursors = columns.open(pages);
    PeekableIntIterator iterator = wanted.iterator();
    int batch = (int) Math.min(BATCH, wanted.count);
    int[] indexes = new int[batch];
    int[] skips = new int[batch];
    int next = (int) wanted.start;
    for (long left = wanted.count; left > 0; left -= batch) {
      int size = (int) Math.min(batch, left);
      Object[][] rows = new Object[size][cursors.size()];
      for (int i = 0; i < size; i++) {
        indexes[i] = iterator.next();
        skips[i] = (indexes[i] - next) * gap;
        next = indexes[i] + 1;
      }
      for (int column = 0; column < cursors.size(); column++) {
        cursors.get(column).fill(skips, size, rows, column);
      }
      for (int i = 0; i < size; i++) {
        visitor.row(indexes[i], rows[i]);
      }
    }
  }

  private static ParquetFileReader open(FileInput input) throws IOException {
    return new ParquetFileReader(
        new StoredInput(input),
        ParquetReadOptions.builder(new PlainParquetConfiguration()).build());
  }
}
