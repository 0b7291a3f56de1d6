// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.delta.schema.VersionColumns;
import io.lakehousecdc.sink.delta.snapshot.EndBounds;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.version.Version;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/** The search for stored versions that truncates or a sweep end. */
final class EndedVersions {
  private EndedVersions() {}

  /**
   * A version as floors leave it.
   *
   * @param floors in order; the first that ends it counts
   */
  static Version end(Version version, List<Floor> floors) {
    for (Floor floor : floors) {
      if (version.isEndedBy(floor)) {
        return version.endedBy(floor);
      }
    }
    return version;
  }

  /**
   * The rows that each floor ends. Asks the statistics of each file first, and reads only what they
   * leave open.
   *
   * @param floors in order; a row is of the first that ends it
   */
  static Map<Floor, RowSet> by(List<Floor> floors, TableState state) throws IOException {
    Map<Floor, RowSet> ended = new LinkedHashMap<>();
    floors.forEach(floor -> ended.put(floor, new RowSet()));
    VersionColumns columns = state.shape().versions().orElseThrow();
    for (LiveFile file : state.files()) {
      EndBounds ends = EndBounds.of(file, columns.end().physicalName());
      if (floors.stream().anyMatch(floor -> mayEnd(floor, file, ends))) {
        Map<Floor, RoaringBitmap> rows = new LinkedHashMap<>();
        state
            .rowFiles()
            .readFewColumns(
                file,
                file.live(),
                columns.columns(),
                (row, values) -> {
                  Version version = columns.of(values, 0);
                  for (Floor floor : floors) {
                    if (version.isEndedBy(floor)) {
                      rows.computeIfAbsent(floor, key -> new RoaringBitmap()).add(row);
                      return;
                    }
                  }
                });
        rows.forEach((floor, found) -> ended.get(floor).addAll(file, found));
      }
    }
    return ended;
  }

  private static boolean mayEnd(Floor floor, LiveFile file, EndBounds ends) {
    boolean goesOn =
        ends.current() > 0 || floor.atMicros() == 0 || ends.mayEndAfter(floor.atMicros());
    return goesOn && !file.bounds().noneCovered(floor);
  }
}
