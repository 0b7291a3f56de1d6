// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.delta.domain.RememberedFloors;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.SharedFloors;

/**
 * The requirement that a truncate or sweep takes rows of one source table only: what it removes is
 * lost where it is of another.
 */
final class OneSourceTable {
  private OneSourceTable() {}

  /**
   * @param floors those that hold for the batch's table
   * @param histories tell which source tables feed it
   * @throws FatalException one of them takes changes of the batch that may be of another table
   */
  static void require(TableBatch batch, Floors floors, Histories histories) {
    SharedFloors.find(batch, floors.all(), histories)
        .ifPresent(
            conflict -> {
              throw new FatalException(
                  "Table "
                      + batch.table()
                      + " was truncated, or swept after a snapshot, at "
                      + conflict.floor().at()
                      + ", when one table of the source was written to it. Now there are several, "
                      + conflict.sourceTables()
                      + ", and rows from before may be of another than that one. Write each to a"
                      + " table of its own, or set truncate.mode to ignore and snapshot.sweep to"
                      + " false, and have the position forgotten. Run: ALTER TABLE "
                      + batch.table()
                      + " SET TBLPROPERTIES ('"
                      + RememberedFloors.FORGOTTEN
                      + "' = '"
                      + RememberedFloors.text(conflict.floor().at())
                      + "')");
            });
  }
}
