// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/** The search for stored rows below a floor: what a truncate or a sweep removes. */
final class CoveredRows {
  private CoveredRows() {}

  /**
   * Rows below {@code floor}, those without a position included; rows deleted softly before are
   * left out. Asks the statistics of each file first, and reads only what they leave open.
   */
  static RowSet below(Floor floor, TableState state) throws IOException {
    RowSet found = new RowSet();
    for (LiveFile file : state.files()) {
      found.addAll(file, below(floor, state, file));
    }
    return found;
  }

  /** The same for one file; a new set, small where rows follow each other. */
  static RoaringBitmap below(Floor floor, TableState state, LiveFile file) throws IOException {
    TableShape shape = state.shape();
    List<DeltaColumn> columns = new ArrayList<>(shape.positionColumns());
    boolean positioned = !columns.isEmpty();
    int time = columns.size();
    if (shape.timePlace() >= 0) {
      columns.add(shape.columns().get(shape.timePlace()));
    }
    int deleted = columns.size();
    if (shape.hasDeletedFlag()) {
      columns.add(shape.columns().get(shape.deletedPlace()));
    }
    RoaringBitmap rows = new RoaringBitmap();
    if (file.bounds().noneCovered(floor)) {
      return rows;
    }
    boolean all = !positioned || file.bounds().allCovered(floor);
    if (all && !shape.hasDeletedFlag()) {
      return file.live();
    }
    state
        .rowFiles()
        .read(
            file,
            file.live(),
            columns,
            (row, values) -> {
              Position position = positioned ? TableShape.position(values, 0) : null;
              long micros = time < deleted ? TableShape.micros(values[time]) : 0;
              boolean gone = deleted < values.length && Boolean.TRUE.equals(values[deleted]);
              if (!gone && (position == null || floor.covers(position, micros))) {
                rows.add(row);
              }
            });
    rows.runOptimize();
    return rows;
  }
}
