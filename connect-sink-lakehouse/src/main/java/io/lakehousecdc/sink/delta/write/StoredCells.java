// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.parquet.CellBytes;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
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

/** The reader of single stored rows: opens each file once, whatever the number of rows. */
final class StoredCells {
  private StoredCells() {}

  /** Rows of one file; places of its rows in the index differ in the row alone. */
  private record Wanted(LiveFile file, long firstLocation, RoaringBitmap rows) {}

  /** Values of {@code columns} for each of the rows, by their place in the index. */
  static Map<Long, Object[]> read(
      TableState state, Collection<StoredRow> rows, List<DeltaColumn> columns) throws IOException {
    return read(state, rows, columns, Long.MAX_VALUE);
  }

  /**
   * The same for as many of the rows as fit.
   *
   * @param limit heap that the values may take, in bytes; one row may take more
   */
  static Map<Long, Object[]> read(
      TableState state, Collection<StoredRow> rows, List<DeltaColumn> columns, long limit)
      throws IOException {
    Map<String, Wanted> files = new LinkedHashMap<>();
    for (StoredRow row : rows) {
      files
          .computeIfAbsent(
              row.file().path(),
              path -> new Wanted(row.file(), row.location() - row.row(), new RoaringBitmap()))
          .rows
          .add(row.row());
    }
    Map<Long, Object[]> cells = new HashMap<>();
    long[] held = {0};
    for (Wanted wanted : files.values()) {
      if (held[0] < limit) {
        state
            .rowFiles()
            .read(
                wanted.file,
                wanted.rows,
                columns,
                (row, values) -> {
                  if (held[0] < limit) {
                    held[0] += CellBytes.ofRow(values);
                    cells.put(wanted.firstLocation + row, values);
                  }
                });
      }
    }
    return cells;
  }
}
