package io.lakehousecdc.quickstart;

import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.TableManager;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
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
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * Reads Delta tables with Delta Kernel as its project ships it: its own file system and Parquet
 * reader, no code of the sink. Thread-safe.
 */
final class DeltaReader {
  private static final String KEY = "id";

  private final Engine engine = DefaultEngine.create(new Configuration());

  /** Version of the table now. */
  long version(String table) {
    return TableManager.loadSnapshot(table).build(engine).getVersion();
  }

  /**
   * All rows of the table as it is now, in no order.
   *
   * @param columns names of the cells' columns
   * @throws DemoFailure where the table lacks one of them
   */
  List<Row> rows(String table, List<String> columns) {
    Snapshot snapshot = TableManager.loadSnapshot(table).build(engine);
    Scan scan =
        snapshot
            .getScanBuilder()
            .withReadSchema(readSchema(table, snapshot.getSchema(), columns))
            .build();
    io.delta.kernel.data.Row state = scan.getScanState(engine);
    List<Row> rows = new ArrayList<>();
    try (CloseableIterator<FilteredColumnarBatch> files = scan.getScanFiles(engine)) {
      while (files.hasNext()) {
        try (CloseableIterator<io.delta.kernel.data.Row> file = files.next().getRows()) {
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

  /** The key and the cells' columns, each once. */
  private static StructType readSchema(String table, StructType stored, List<String> columns) {
    List<StructField> fields = new ArrayList<>(List.of(field(table, stored, KEY)));
    for (String column : columns) {
      if (!column.equals(KEY)) {
        fields.add(field(table, stored, column));
      }
    }
    return new StructType(fields);
  }

  private static StructField field(String table, StructType stored, String column) {
    if (stored.indexOf(column) < 0) {
      throw new DemoFailure("the Delta table %s lacks the column %s".formatted(table, column));
    }
    return stored.get(column);
  }

  private void read(
      io.delta.kernel.data.Row file,
      io.delta.kernel.data.Row state,
      List<String> columns,
      List<Row> rows)
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

  private static void read(FilteredColumnarBatch batch, List<String> columns, List<Row> rows) {
    ColumnarBatch data = batch.getData();
    Optional<ColumnVector> live = batch.getSelectionVector();
    for (int i = 0; i < data.getSize(); i++) {
      int row = i;
      if (live.map(vector -> !vector.isNullAt(row) && vector.getBoolean(row)).orElse(true)) {
        rows.add(row(data, row, columns));
      }
    }
  }

  private static Row row(ColumnarBatch data, int row, List<String> columns) {
    List<String> cells = new ArrayList<>(columns.size());
    for (String column : columns) {
      cells.add(DeltaText.of(vector(data, column), row));
    }
    return new Row(vector(data, KEY).getLong(row), cells);
  }

  private static ColumnVector vector(ColumnarBatch data, String column) {
    return data.getColumnVector(data.getSchema().indexOf(column));
  }
}
