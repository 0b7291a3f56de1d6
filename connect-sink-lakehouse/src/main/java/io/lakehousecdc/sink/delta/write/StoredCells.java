// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.parquet.CellBytes;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowVisitor;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * The reader of single stored rows: opens each file once, whatever the number of rows. It remembers
 * what it has read, for the next attempt to commit the batch: a file never changes, so that only
 * rows which another writer has put elsewhere meanwhile are read then. For one batch; not
 * thread-safe.
 */
public final class StoredCells {
  private final Map<Source, Map<Integer, Object[]>> remembered = new HashMap<>();
  private Map<Source, Map<Integer, Object[]>> lent = Map.of();

  private static final Beyond NOBODY = (location, values) -> {};

  /** The receiver of rows that are not held. */
  @FunctionalInterface
  interface Beyond {
    /**
     * @param location place of the row in the index
     */
    void row(long location, Object[] values);
  }

  /** Columns of a file. */
  private record Source(String path, List<DeltaColumn> columns) {}

  /** Rows of one file; places of its rows in the index differ in the row alone. */
  private record Wanted(LiveFile file, long firstLocation, RoaringBitmap rows) {}

  /**
   * Values of {@code columns} for each of the rows, by their place in the index. They are
   * remembered: for columns whose values are small.
   */
  Map<Long, Object[]> read(TableState state, Collection<StoredRow> rows, List<DeltaColumn> columns)
      throws IOException {
    Map<Long, Object[]> cells = new HashMap<>();
    for (Wanted wanted : wanted(rows)) {
      Map<Integer, Object[]> known = known(state, wanted, columns);
      wanted.rows.forEach((int row) -> cells.put(wanted.firstLocation + row, known.get(row)));
    }
    return cells;
  }

  /**
   * Values for as many of the rows as fit. Only these are remembered.
   *
   * @param limit heap that the values may take, in bytes; one row may take more
   */
  Map<Long, Object[]> readSome(
      TableState state, Collection<StoredRow> rows, List<DeltaColumn> columns, long limit)
      throws IOException {
    return readSome(state, rows, columns, limit, NOBODY);
  }

  /**
   * The same.
   *
   * @param beyond is shown the rows that do not fit
   */
  Map<Long, Object[]> readSome(
      TableState state,
      Collection<StoredRow> rows,
      List<DeltaColumn> columns,
      long limit,
      Beyond beyond)
      throws IOException {
    Map<Long, Object[]> cells = new HashMap<>();
    Map<Source, Map<Integer, Object[]>> remembering = new HashMap<>();
    long[] held = {0};
    for (Wanted wanted : wanted(rows)) {
      Source source = new Source(wanted.file.path(), List.copyOf(columns));
      Map<Integer, Object[]> known = lent.getOrDefault(source, Map.of());
      Map<Integer, Object[]> taken = new HashMap<>();
      RowVisitor taking =
          (row, values) -> {
            if (held[0] < limit) {
              held[0] += CellBytes.ofRow(values);
              taken.put(row, values);
            } else {
              beyond.row(wanted.firstLocation + row, values);
            }
          };
      RoaringBitmap missing = wanted.rows.clone();
      for (Map.Entry<Integer, Object[]> each : known.entrySet()) {
        if (missing.contains(each.getKey())) {
          missing.remove(each.getKey());
          taking.row(each.getKey(), each.getValue());
        }
      }
      if (!missing.isEmpty() && (held[0] < limit || beyond != NOBODY)) {
        state.rowFiles().read(wanted.file, missing, columns, taking);
      }
      taken.forEach((row, values) -> cells.put(wanted.firstLocation + row, values));
      remembering.put(source, taken);
    }
    lent = remembering;
    return cells;
  }

  private static Collection<Wanted> wanted(Collection<StoredRow> rows) {
    Map<String, Wanted> files = new LinkedHashMap<>();
    for (StoredRow row : rows) {
      files
          .computeIfAbsent(
              row.file().path(),
              path -> new Wanted(row.file(), row.location() - row.row(), new RoaringBitmap()))
          .rows
          .add(row.row());
    }
    return files.values();
  }

  private Map<Integer, Object[]> known(TableState state, Wanted wanted, List<DeltaColumn> columns)
      throws IOException {
    Map<Integer, Object[]> known =
        remembered.computeIfAbsent(
            new Source(wanted.file.path(), List.copyOf(columns)), source -> new HashMap<>());
    RoaringBitmap missing = wanted.rows.clone();
    known.keySet().forEach(missing::remove);
    if (!missing.isEmpty()) {
      state.rowFiles().read(wanted.file, missing, columns, known::put);
    }
    return known;
  }
}
