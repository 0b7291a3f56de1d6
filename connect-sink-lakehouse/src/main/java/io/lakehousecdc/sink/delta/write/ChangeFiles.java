// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.kernel.ChangeFile;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.delta.schema.ChangeColumns;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.Uploads;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The files of a change data feed that one commit writes. Rows of one partition should come one
 * after the other: each change of the partition begins a file. Not thread-safe.
 */
final class ChangeFiles implements Closeable {
  /** Size at which a file is completed and another begun. */
  private static final long FILE_BYTES = 64 << 20;

  private final FileIO store;
  private final TableState state;
  private final String table;
  private final List<String> locations;
  private final Uploads uploads;
  private final List<DeltaColumn> columns;
  private final List<ChangeFile> files = new ArrayList<>();
  private Map<String, String> partition;
  private String path;
  private RowFileWriter writer;

  /**
   * @param table location of the table
   * @param locations is told of every file before it is begun
   * @param uploads make the files durable
   */
  ChangeFiles(
      FileIO store, TableState state, String table, List<String> locations, Uploads uploads) {
    this.store = store;
    this.state = state;
    this.table = table;
    this.locations = locations;
    this.uploads = uploads;
    this.columns = ChangeColumns.after(state.shape().partitioning().storedColumns());
  }

  /**
   * Adds a row.
   *
   * @param row values of all columns of the table; not kept
   */
  void write(ChangeType type, Map<String, String> rowPartition, Object[] row) throws IOException {
    if (writer != null
        && (!rowPartition.equals(partition) || writer.bufferedSize() >= FILE_BYTES)) {
      finish();
    }
    if (writer == null) {
      begin(rowPartition);
    }
    Object[] stored = state.shape().partitioning().stored(row);
    Object[] cells = Arrays.copyOf(stored, columns.size());
    cells[stored.length] = type.text();
    writer.write(cells);
  }

  /** All files that were written. They may still be under way. */
  List<ChangeFile> files() throws IOException {
    finish();
    return files;
  }

  private void begin(Map<String, String> filePartition) throws IOException {
    partition = filePartition;
    path = ChangeFile.DIRECTORY + "/cdc-" + UUID.randomUUID() + ".parquet";
    store.createDirectories(table + "/" + ChangeFile.DIRECTORY);
    locations.add(table + "/" + path);
    writer = state.rowFiles().create(table + "/" + path, columns);
  }

  private void finish() throws IOException {
    if (writer != null) {
      files.add(new ChangeFile(path, partition, writer.finish(uploads).size()));
      writer = null;
    }
  }

  @Override
  public void close() throws IOException {
    if (writer != null) {
      writer.close();
      writer = null;
    }
  }
}
