// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/** The search for stored rows below a position: what a truncate or a sweep removes. */
final class RowsBelow {
  private RowsBelow() {}

  /**
   * Rows below {@code below}, those without a position included; rows deleted softly before are
   * left out. Asks the statistics of each file first, and reads only what they leave open.
   */
  static RowSet below(Position below, TableState state) throws IOException {
    TableShape shape = state.shape();
    List<DeltaColumn> columns = new ArrayList<>(shape.positionColumns());
    boolean positioned = !columns.isEmpty();
    if (shape.hasDeletedFlag()) {
      columns.add(shape.columns().get(shape.deletedPlace()));
    }
    RowSet found = new RowSet();
    for (LiveFile file : state.files()) {
      if (file.bounds().noneBelow(below)) {
        continue;
      }
      boolean all = !positioned || file.bounds().allBelow(below);
      if (all && !shape.hasDeletedFlag()) {
        found.addAll(file, file.live());
        continue;
      }
      RoaringBitmap rows = new RoaringBitmap();
      state
          .rowFiles()
          .read(
              file,
              file.live(),
              columns,
              (row, values) -> {
                Position position = positioned ? TableShape.position(values, 0) : null;
                boolean gone =
                    shape.hasDeletedFlag() && Boolean.TRUE.equals(values[values.length - 1]);
                if (!gone && (position == null || position.isBelow(below))) {
                  rows.add(row);
                }
              });
      found.addAll(file, rows);
    }
    return found;
  }
}
