// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;
import io.lakehousecdc.sink.version.Version;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The stored versions that truncates, or a sweep, end. Not thread-safe. */
final class EndedVersions {
  private final Map<Floor, RowSet> rows = new LinkedHashMap<>();

  /**
   * @param floors may end none
   */
  EndedVersions(List<Floor> floors) {
    floors.forEach(floor -> rows.put(floor, new RowSet()));
  }

  /** Rows that a floor ends; more may be added. */
  RowSet by(Floor floor) {
    return rows.get(floor);
  }

  /** A stored version as it is once it has ended, or as it was. */
  Version of(StoredRow row, Version version) {
    for (Map.Entry<Floor, RowSet> ended : rows.entrySet()) {
      if (ended.getValue().contains(row.file(), row.row())) {
        return version.endedBy(ended.getKey());
      }
    }
    return version;
  }
}
