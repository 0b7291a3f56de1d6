// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.snapshot.TableState.Stored;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/** Reads cells of stored rows, each file once. */
final class StoredCells {
  private StoredCells() {}

  /** Values of {@code columns} for each of the rows, by their place in the index. */
  static Map<Long, Object[]> read(
      TableState state, Collection<Stored> rows, List<DeltaColumn> columns) throws IOException {
    Map<String, RoaringBitmap> wanted = new LinkedHashMap<>();
    Map<String, Stored> any = new HashMap<>();
    for (Stored stored : rows) {
      wanted.computeIfAbsent(stored.file().path(), path -> new RoaringBitmap()).add(stored.row());
      any.put(stored.file().path(), stored);
    }
    Map<Long, Object[]> cells = new HashMap<>();
    for (Map.Entry<String, RoaringBitmap> file : wanted.entrySet()) {
      Stored stored = any.get(file.getKey());
      // Places of rows of one file differ in the row alone.
      long base = stored.location() - stored.row();
      state
          .rowFiles()
          .read(
              stored.file(),
              file.getValue(),
              columns,
              (row, values) -> cells.put(base + row, values));
    }
    return cells;
  }

  /** Positions of the rows, by their place in the index; rows without one are left out. */
  static Map<Long, Position> positions(TableState state, Collection<Stored> rows)
      throws IOException {
    Map<Long, Position> positions = new HashMap<>();
    List<DeltaColumn> columns = state.shape().positionColumns();
    if (rows.isEmpty() || columns.isEmpty()) {
      return positions;
    }
    read(state, rows, columns)
        .forEach(
            (place, values) -> {
              Position position = TableShape.position(values, 0);
              if (position != null) {
                positions.put(place, position);
              }
            });
    return positions;
  }
}
