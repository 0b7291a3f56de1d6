// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.internal.filter2.columnindex.ColumnIndexStore;
import org.apache.parquet.schema.MessageType;

/**
 * The division of row groups into stretches of rows whose pages, as they are stored, take a limited
 * number of bytes: what is read at a time. Other programs write row groups of any size.
 */
final class RowGroupSlices {
  private final Set<ColumnPath> columns = new HashSet<>();
  private final long limit;

  /**
   * @param projection columns that are read
   * @param limit bytes of a stretch; a single page may have more
   */
  RowGroupSlices(MessageType projection, long limit) {
    this.limit = limit;
    for (ColumnDescriptor column : projection.getColumns()) {
      columns.add(ColumnPath.get(column.getPath()));
    }
  }

  /**
   * The first row of each stretch, ascending from 0. A single one where the row group is small, or
   * does not tell where its pages are.
   *
   * @param number number of the row group in its file
   */
  List<Integer> starts(ParquetFileReader file, int number) {
    BlockMetaData group = file.getRowGroups().get(number);
    long stored = 0;
    boolean indexed = true;
    for (ColumnChunkMetaData chunk : group.getColumns()) {
      if (columns.contains(chunk.getPath())) {
        stored += chunk.getTotalSize();
        indexed &= chunk.getOffsetIndexReference() != null;
      }
    }
    return stored > limit && indexed ? starts(pages(file.getColumnIndexStore(number))) : List.of(0);
  }

  /** Bytes of all pages by their first row. */
  private TreeMap<Integer, Long> pages(ColumnIndexStore store) {
    TreeMap<Integer, Long> pages = new TreeMap<>();
    for (ColumnPath column : columns) {
      OffsetIndex index = store.getOffsetIndex(column);
      for (int page = 0; page < index.getPageCount(); page++) {
        pages.merge(
            (int) index.getFirstRowIndex(page),
            (long) index.getCompressedPageSize(page),
            Long::sum);
      }
    }
    return pages;
  }

  private List<Integer> starts(TreeMap<Integer, Long> pages) {
    List<Integer> starts = new ArrayList<>();
    starts.add(0);
    long bytes = 0;
    for (Map.Entry<Integer, Long> page : pages.entrySet()) {
      if (bytes > 0 && bytes + page.getValue() > limit) {
        starts.add(page.getKey());
        bytes = 0;
      }
      bytes += page.getValue();
    }
    return starts;
  }
}
