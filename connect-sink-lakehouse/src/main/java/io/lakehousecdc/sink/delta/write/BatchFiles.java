// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.delta.parquet.WrittenFile;
import io.lakehousecdc.sink.delta.schema.Partitioning;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.Uploads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The data files of a batch's new rows, over all attempts to commit the batch. Only deletion
 * vectors depend on the version of the table that a commit builds on; the new rows are mostly the
 * same for the next one. So a file is written again only where a row of it has changed.
 *
 * <p>For one batch; not thread-safe. Needs no lock of the table.
 */
public final class BatchFiles implements AutoCloseable {
  private final RowFiles rowFiles;
  private final String table;
  private final Set<String> begun = new LinkedHashSet<>();
  private final Uploads uploads;
  private List<BatchFile> written = new ArrayList<>();
  private String tableId = "";

  /**
   * @param store where {@code rowFiles} are
   * @param table location of the table
   */
  public BatchFiles(FileIO store, RowFiles rowFiles, String table) {
    this.uploads = new Uploads(store);
    this.rowFiles = rowFiles;
    this.table = table;
  }

  /**
   * A file of new rows.
   *
   * @param name name within the table
   * @param partition values of the partition columns, by physical name
   * @param columns columns that it holds
   * @param rows its rows, in order
   */
  record BatchFile(
      String name,
      Map<String, String> partition,
      List<DeltaColumn> columns,
      List<NewRow> rows,
      WrittenFile file) {

    boolean holds(
        Map<String, String> wanted, List<DeltaColumn> wantedColumns, List<NewRow> wantedRows) {
      if (!partition.equals(wanted)
          || rows.size() != wantedRows.size()
          || !columns.equals(wantedColumns)) {
        return false;
      }
      for (int i = 0; i < rows.size(); i++) {
        if (!Arrays.deepEquals(rows.get(i).values(), wantedRows.get(i).values())) {
          return false;
        }
      }
      return true;
    }

    /** The same for rows with the same values; their keys may be encoded differently. */
    BatchFile of(List<NewRow> same) {
      return new BatchFile(name, partition, columns, same, file);
    }
  }

  /** Sees to it that the rows of a plan are in files, which may still be under way then. */
  public void write(BatchPlan plan, TableShape shape) throws IOException {
    of(plan.rows(), shape);
  }

  /** Files of these rows: those of an earlier attempt where they hold the same, else new ones. */
  List<BatchFile> of(List<NewRow> rows, TableShape shape) throws IOException {
    List<DeltaColumn> columns = shape.partitioning().storedColumns();
    List<BatchFile> files = new ArrayList<>();
    if (!shape.tableId().equals(tableId)) {
      // The table was dropped and made anew: files may have gone with its directory.
      written = new ArrayList<>();
      tableId = shape.tableId();
    }
    for (Map.Entry<Map<String, String>, List<NewRow>> part :
        shape.partitioning().split(rows, NewRow::values).entrySet()) {
      if (!part.getValue().isEmpty()) {
        files.add(of(part.getKey(), columns, part.getValue(), shape.partitioning()));
      }
    }
    written = files;
    return files;
  }

  private BatchFile of(
      Map<String, String> partition,
      List<DeltaColumn> columns,
      List<NewRow> rows,
      Partitioning partitioning)
      throws IOException {
    for (BatchFile file : written) {
      if (file.holds(partition, columns, rows)) {
        return file.of(rows);
      }
    }
    String name = newName();
    begun.add(table + "/" + name);
    try (RowFileWriter writer = rowFiles.create(table + "/" + name, columns)) {
      for (NewRow row : rows) {
        writer.write(partitioning.stored(row.values()));
      }
      return new BatchFile(name, partition, columns, rows, writer.finish(uploads));
    }
  }

  /**
   * Waits until all files are durable.
   *
   * @throws IOException one of them is not, and the batch cannot be committed with it
   */
  public void await() throws IOException {
    uploads.await();
  }

  static String newName() {
    return "part-" + UUID.randomUUID() + ".parquet";
  }

  /** The files that were last asked for are named by a commit, or may be. */
  public void keep() {
    written.forEach(file -> begun.remove(table + "/" + file.name()));
  }

  /** Locations of the files that no commit names. */
  public List<String> abandoned() {
    return List.copyOf(begun);
  }

  /** Waits until nothing is under way any more: what is deleted then does not come back. */
  @Override
  public void close() {
    uploads.close();
  }
}
