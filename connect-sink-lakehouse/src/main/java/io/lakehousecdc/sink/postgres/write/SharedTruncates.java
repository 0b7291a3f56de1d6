// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The check for changes that a truncate would make void although they may be of another table of
 * its source: the truncate came while only one table of the source was known to feed the target's.
 */
final class SharedTruncates {
  private SharedTruncates() {}

  /**
   * @param floors truncates and sweeps that hold for the batch's table
   * @param stored table that they are stored in
   * @throws FatalException a change in the batch may be lost by one
   */
  static void requireNone(
      TableBatch batch, List<Floor> floors, Histories histories, TableId stored) {
    for (Floor floor : floors) {
      if (floor.cause() != Floor.Cause.TRUNCATE) {
        continue;
      }
      Set<String> feeding = feeding(batch.table(), floor, histories);
      if (feeding.size() > 1 && batch.changes().stream().anyMatch(each -> isLate(each, floor))) {
        throw new FatalException(
            "Table "
                + batch.table()
                + " was truncated at "
                + floor.at()
                + ", when one table of the source was written to it. Now there are several, "
                + feeding
                + ", and rows from before the truncate may be of another than the truncated one. Set"
                + " truncate.mode to ignore, and have the truncate forgotten. Run: DELETE FROM "
                + Identifiers.qualified(stored)
                + " WHERE table_name = "
                + Identifiers.literal(Identifiers.qualified(batch.table())));
      }
    }
  }

  /** What came again has been applied, or dropped, before. */
  private static boolean isLate(RowChange change, Floor floor) {
    return change.info().delivery() == Delivery.IN_ORDER
        && floor.covers(change.info().position(), change.info().commitMicros());
  }

  /** The table's own name may have no schema in the histories. */
  private static Set<String> feeding(TableId table, Floor floor, Histories histories) {
    SourceId source = histories.sourceOf(floor.at().epoch());
    Set<String> feeding = new TreeSet<>(histories.sourceTables(table.toString(), source));
    feeding.addAll(histories.sourceTables(table.name(), source));
    return feeding;
  }
}
