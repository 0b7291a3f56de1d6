// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

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
    for (Wanted wanted : files.values()) {
      state
          .rowFiles()
          .read(
              wanted.file,
              wanted.rows,
              columns,
              (row, values) -> cells.put(wanted.firstLocation + row, values));
    }
    return cells;
  }
}
