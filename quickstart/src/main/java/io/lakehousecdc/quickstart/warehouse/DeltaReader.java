// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.warehouse;

import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.TableManager;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A reader of Delta tables that uses Delta Kernel as released: with Kernel's own file system and
 * Parquet reader, and no code of the sink. Thread-safe.
 */
public final class DeltaReader {
  private final Configuration configuration = new Configuration();
  private final Engine engine;

  /** A reader of local tables. */
  public DeltaReader() {
    this(Map.of());
  }

  /**
   * A reader of tables in any of Hadoop's file systems.
   *
   * @param settings of the file systems, such as {@code fs.s3a.endpoint}
   */
  public DeltaReader(Map<String, String> settings) {
    settings.forEach(configuration::set);
    this.engine = DefaultEngine.create(configuration);
  }

  /** Whether there is such a table, which begins with the file of its first commit. */
  public boolean exists(String table) {
    Path first = new Path(table, "_delta_log/00000000000000000000.json");
    try {
      return first.getFileSystem(configuration).exists(first);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look for the Delta table " + table, e);
    }
  }

  /** Latest version of the table. */
  public long version(String table) {
    return TableManager.loadSnapshot(table).build(engine).getVersion();
  }

  /**
   * All rows of the table as it is now, in no order, as {@link DeltaText} writes their values.
   *
   * @param columns names of the cells' columns, each once
   * @throws DemoFailure where the table lacks one of them
   */
  public List<List<String>> rows(String table, List<String> columns) {
    Snapshot snapshot = TableManager.loadSnapshot(table).build(engine);
    Scan scan =
        snapshot
            .getScanBuilder()
            .withReadSchema(readSchema(table, snapshot.getSchema(), columns))
            .build();
    Row state = scan.getScanState(engine);
    List<List<String>> rows = new ArrayList<>();
    try (CloseableIterator<FilteredColumnarBatch> files = scan.getScanFiles(engine)) {
      while (files.hasNext()) {
        try (CloseableIterator<Row> file = files.next().getRows()) {
          while (file.hasNext()) {
            read(file.next(), state, columns, rows);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the Delta table " + table, e);
    }
    return rows;
  }

  private static StructType readSchema(String table, StructType stored, List<String> columns) {
    return new StructType(columns.stream().map(column -> field(table, stored, column)).toList());
  }

  private static StructField field(String table, StructType stored, String column) {
    if (stored.indexOf(column) < 0) {
      throw new DemoFailure("the Delta table %s lacks the column %s".formatted(table, column));
    }
    return stored.get(column);
  }

  private void read(Row file, Row state, List<String> columns, List<List<String>> rows)
      throws IOException {
    try (CloseableIterator<ColumnarBatch> data =
            engine
                .getParquetHandler()
                .readParquetFiles(
                    Utils.singletonCloseableIterator(InternalScanFileUtils.getAddFileStatus(file)),
                    ScanStateRow.getPhysicalDataReadSchema(state),
                    Optional.empty())
                .map(FileReadResult::getData);
        CloseableIterator<FilteredColumnarBatch> batches =
            Scan.transformPhysicalData(engine, state, file, data)) {
      while (batches.hasNext()) {
        read(batches.next(), columns, rows);
      }
    }
  }

  private static void read(
      FilteredColumnarBatch batch, List<String> columns, List<List<String>> rows) {
    ColumnarBatch data = batch.getData();
    Optional<ColumnVector> live = batch.getSelectionVector();
    for (int i = 0; i < data.getSize(); i++) {
      int row = i;
      if (live.map(vector -> !vector.isNullAt(row) && vector.getBoolean(row)).orElse(true)) {
        rows.add(row(data, row, columns));
      }
    }
  }

  private static List<String> row(ColumnarBatch data, int row, List<String> columns) {
    List<String> cells = new ArrayList<>(columns.size());
    for (String column : columns) {
      cells.add(DeltaText.of(vector(data, column), row));
    }
    return Collections.unmodifiableList(cells); // List.copyOf refuses null
  }

  private static ColumnVector vector(ColumnarBatch data, String column) {
    return data.getColumnVector(data.getSchema().indexOf(column));
  }
}
