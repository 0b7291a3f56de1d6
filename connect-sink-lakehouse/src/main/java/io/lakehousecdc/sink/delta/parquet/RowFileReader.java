// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.error.FatalException;
import java.io.IOException;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.internal.filter2.columnindex.RowRanges;
import org.apache.parquet.io.ParquetDecodingException;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * The reader of rows in Parquet files of Delta tables, whoever wrote them. Columns that a file does
 * not have are NULL, columns that were widened since are read at their present type. Reads and
 * decodes pieces of limited size, whatever the size of row groups and cells. Thread-safe.
 */
public final class RowFileReader {
  /** Bytes of stored pages that are read at a time; a single page may have more. */
  static final long SLICE_BYTES = 16 << 20;

  /** Bytes of values that are decoded at a time; a single row may have more. */
  static final long WINDOW_BYTES = 8 << 20;

  /** Heap that reading a file takes, but for a page of each column and what visitors keep. */
  public static final long MEMORY_BYTES = SLICE_BYTES + WINDOW_BYTES;

  private static final int BATCH = 4096;
  private static final int BATCH_CELLS = 1 << 18;

  private final FileIO store;

  public RowFileReader(FileIO store) {
    this.store = store;
  }

  /**
   * Number of rows in a file, deleted ones included.
   *
   * @param size length in bytes
   */
  public long rows(String location, long size) throws IOException {
    try (FileInput input = store.openForParts(location, size);
        ParquetFileReader file = open(input)) {
      return file.getRecordCount();
    }
  }

  /**
   * Reads some rows of a file in order.
   *
   * @param size length in bytes
   * @param rows indexes of the rows wanted; none beyond the file's end
   * @param columns columns wanted
   * @throws IllegalArgumentException a stored column cannot be read as the type that it has now
   * @throws FatalException the file is compressed in a way that is not read, or is damaged
   */
  public void read(
      String location, long size, RoaringBitmap rows, List<DeltaColumn> columns, RowVisitor visitor)
      throws IOException {
    if (!rows.isEmpty()) {
      try (FileInput input = store.open(location, size)) {
        read(input, location, rows, columns, visitor);
      }
    }
  }

  /** The same, where the columns are few of those that the file has. */
  public void readFewColumns(
      String location, long size, RoaringBitmap rows, List<DeltaColumn> columns, RowVisitor visitor)
      throws IOException {
    if (!rows.isEmpty()) {
      try (FileInput input = store.openForParts(location, size)) {
        read(input, location, rows, columns, visitor);
      }
    }
  }

  /**
   * The same of a file that is open, and stays so.
   *
   * @param location where it lies, for messages
   */
  public void read(
      FileInput input,
      String location,
      RoaringBitmap rows,
      List<DeltaColumn> columns,
      RowVisitor visitor)
      throws IOException {
    if (rows.isEmpty()) {
      return;
    }
    try (ParquetFileReader file = open(input)) {
      FileMetaData about = file.getFooter().getFileMetaData();
      RowGroupColumns found = new RowGroupColumns(columns, about.getSchema(), about.getCreatedBy());
      file.setRequestedSchema(found.projection());
      List<BlockMetaData> groups = file.getRowGroups();
      StoredCompression.requireReadable(location, groups);
      long start = 0;
      for (int i = 0; i < groups.size(); i++) {
        long end = start + groups.get(i).getRowCount();
        if (rows.intersects(start, end)) {
          readGroup(file, i, Math.toIntExact(start), rows, found, visitor);
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
    } catch (ParquetDecodingException e) {
      throw new FatalException(
          "The data file "
              + location
              + " cannot be decoded: "
              + e.getMessage()
              + ". Restore it, or remove it and have its rows written again; then restart the task",
          e);
    }
  }

  /** Reads the rows of a row group, a slice of it at a time. */
  private static void readGroup(
      ParquetFileReader file,
      int number,
      int start,
      RoaringBitmap rows,
      RowGroupColumns columns,
      RowVisitor visitor)
      throws IOException {
    BlockMetaData group = file.getRowGroups().get(number);
    int count = Math.toIntExact(group.getRowCount());
    List<Integer> starts =
        new RowGroupSlices(columns.projection(), SLICE_BYTES).starts(file, number);
    for (int i = 0; i < starts.size(); i++) {
      int end = i + 1 < starts.size() ? starts.get(i + 1) : count;
      Slice whole = new Slice(number, start, starts.get(i), end, rows);
      if (whole.wanted() == 0) {
        continue;
      }
      Slice slice = whole.trimmed();
      boolean filtered = starts.size() > 1 || slice.leavesOutPages(count) && hasPageIndex(group);
      if (!filtered) {
        try (PageReadStore pages = file.readRowGroup(number)) {
          visit(whole, columns.open(pages, whole::assembled), visitor);
        }
      } else if (slice.to() == count) {
        // See SelectedRows: the last row of a row group has to be read by itself.
        readFiltered(file, slice.to(count - 1), columns, visitor);
        readFiltered(file, slice.from(count - 1), columns, visitor);
      } else {
        readFiltered(file, slice, columns, visitor);
      }
    }
  }

  private static void readFiltered(
      ParquetFileReader file, Slice slice, RowGroupColumns columns, RowVisitor visitor)
      throws IOException {
    if (slice.wanted() == 0) {
      return;
    }
    boolean sparse = slice.isSparse();
    RowRanges ranges =
        sparse
            ? SelectedRows.ranges(slice.offsets())
            : SelectedRows.range(slice.from(), slice.to() - 1);
    try (PageReadStore pages = file.readFilteredRowGroup(slice.group(), ranges)) {
      // Of single rows, none is assembled but those wanted.
      visit(
          slice, columns.open(pages, sparse ? ColumnCursor::assembled : slice::assembled), visitor);
    }
  }

  /** Whether single pages can be read. */
  private static boolean hasPageIndex(BlockMetaData group) {
    return group.getColumns().stream().allMatch(column -> column.getOffsetIndexReference() != null);
  }

  private static void visit(Slice slice, List<ColumnCursor> cursors, RowVisitor visitor)
      throws IOException {
    PeekableIntIterator iterator = slice.iterator();
    int left = slice.wanted();
    int batch =
        Math.min(left, Math.max(1, Math.min(BATCH, BATCH_CELLS / Math.max(1, cursors.size()))));
    RowWindow window = new RowWindow(cursors, batch, WINDOW_BYTES);
    int[] indexes = new int[batch];
    int[] offsets = new int[batch];
    while (left > 0) {
      int size = Math.min(batch, left);
      for (int i = 0; i < size; i++) {
        indexes[i] = iterator.next();
        offsets[i] = indexes[i] - slice.groupStart();
      }
      window.read(indexes, offsets, size, visitor);
      left -= size;
    }
  }

  private static ParquetFileReader open(FileInput input) throws IOException {
    return new ParquetFileReader(
        new StoredInput(input),
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new PageDecompression())
            .build());
  }
}
