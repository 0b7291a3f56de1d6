// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowFileReader;
import io.lakehousecdc.sink.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.delta.parquet.RowVisitor;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.schema.PartitionValues;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.Parallel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.roaringbitmap.RoaringBitmap;

/** The data files of a store, written in one way. Thread-safe. */
public final class RowFiles {
  private final FileIO store;
  private final WriteOptions options;
  private final RowFileReader reader;

  public RowFiles(FileIO store, WriteOptions options) {
    this.store = store;
    this.options = options;
    this.reader = new RowFileReader(store);
  }

  /** Begins a file. */
  public RowFileWriter create(String location, List<DeltaColumn> columns) throws IOException {
    return RowFileWriter.create(store, location, columns, options);
  }

  /** How many files it pays to read at a time. */
  int concurrency() {
    return store.concurrency();
  }

  /**
   * Number of rows in a file, from its footer.
   *
   * @param size length in bytes
   */
  long count(String location, long size) throws IOException {
    return reader.rows(location, size);
  }

  /**
   * Reads some rows of a file, in order of their index.
   *
   * @param rows indexes of the rows wanted
   * @param columns columns wanted; those that partition the table come from the log, and one that
   *     neither has is NULL
   */
  public void read(LiveFile file, RoaringBitmap rows, List<DeltaColumn> columns, RowVisitor visitor)
      throws IOException {
    read(reader::read, file, rows, columns, visitor);
  }

  /** The same, where the columns are few of those that the file has. */
  public void readFewColumns(
      LiveFile file, RoaringBitmap rows, List<DeltaColumn> columns, RowVisitor visitor)
      throws IOException {
    read(reader::readFewColumns, file, rows, columns, visitor);
  }

  /** The receiver of rows of several files. */
  @FunctionalInterface
  public interface Receiver {
    /**
     * @param values aligned to the columns asked for; not used by the reader afterwards
     */
    void row(LiveFile file, Object[] values) throws IOException;
  }

  /**
   * Reads some rows of each file, several files at a time, in no order.
   *
   * @param rows indexes of the rows wanted of a file
   * @param columns as in {@link #read}
   * @param receiver is given one row at a time, by different threads, and none after it has failed
   */
  public void readAll(
      Collection<LiveFile> files,
      Function<LiveFile, RoaringBitmap> rows,
      List<DeltaColumn> columns,
      Receiver receiver)
      throws IOException {
    Turns turns = new Turns(receiver);
    Parallel.map(
        files,
        concurrency(),
        file -> {
          try (ReaderMemory.Share memory = ReaderMemory.WORKER.takeWhole(file.file().size())) {
            read(file, rows.apply(file), columns, (row, values) -> turns.row(file, values));
          }
          return null;
        });
  }

  /** A way to read columns that are stored. */
  private interface Reading {
    void read(
        String location,
        long size,
        RoaringBitmap rows,
        List<DeltaColumn> columns,
        RowVisitor visitor)
        throws IOException;
  }

  private static void read(
      Reading reading,
      LiveFile file,
      RoaringBitmap rows,
      List<DeltaColumn> columns,
      RowVisitor visitor)
      throws IOException {
    long size = file.file().size();
    Map<String, String> partition = file.file().partitionValues();
    if (columns.stream().noneMatch(column -> partition.containsKey(column.physicalName()))) {
      reading.read(file.location(), size, rows, columns, visitor);
      return;
    }
    Object[] shared = new Object[columns.size()];
    List<DeltaColumn> stored = new ArrayList<>();
    int[] places = new int[columns.size()];
    for (int i = 0; i < shared.length; i++) {
      DeltaColumn column = columns.get(i);
      if (partition.containsKey(column.physicalName())) {
        shared[i] = PartitionValues.value(column.type(), partition.get(column.physicalName()));
      } else {
        places[stored.size()] = i;
        stored.add(column);
      }
    }
    if (stored.isEmpty()) {
      for (int row : rows) {
        visitor.row(row, shared.clone());
      }
      return;
    }
    reading.read(
        file.location(),
        size,
        rows,
        stored,
        (row, cells) -> {
          Object[] values = shared.clone();
          for (int i = 0; i < cells.length; i++) {
            values[places[i]] = cells[i];
          }
          visitor.row(row, values);
        });
  }
}
