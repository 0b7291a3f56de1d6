// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.TableId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The check for changes that a floor would make void although they may be of another table of its
 * source: the truncate or snapshot that made it came while only one table of the source was known
 * to feed the target's. Rows do not tell which table of their source they come from.
 */
public final class SharedFloors {
  private SharedFloors() {}

  /**
   * A floor that would make changes of another source table void.
   *
   * @param sourceTables tables of its source that feed the target's
   */
  public record Conflict(Floor floor, Set<String> sourceTables) {}

  /**
   * The first of the floors that conflicts with a change of the batch.
   *
   * @param floors floors that hold for the batch's table
   * @param histories tell which tables feed it
   */
  public static Optional<Conflict> find(TableBatch batch, List<Floor> floors, Histories histories) {
    for (Floor floor : floors) {
      Set<String> feeding = feeding(batch.table(), floor, histories);
      if (feeding.size() > 1 && batch.changes().stream().anyMatch(each -> isLate(each, floor))) {
        return Optional.of(new Conflict(floor, feeding));
      }
    }
    return Optional.empty();
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
