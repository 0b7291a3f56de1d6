// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.spi.SharedFloors;
import java.util.List;
import java.util.Optional;

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
    List<Floor> truncates =
        floors.stream().filter(floor -> floor.cause() == Floor.Cause.TRUNCATE).toList();
    Optional<SharedFloors.Conflict> conflict = SharedFloors.find(batch, truncates, histories);
    if (conflict.isPresent()) {
      throw new FatalException(
          "Table "
              + batch.table()
              + " was truncated at "
              + conflict.get().floor().at()
              + ", when one table of the source was written to it. Now there are several, "
              + conflict.get().sourceTables()
              + ", and rows from before the truncate may be of another than the truncated one. Set"
              + " truncate.mode to ignore, and have the truncate forgotten. Run: DELETE FROM "
              + Identifiers.qualified(stored)
              + " WHERE table_name = "
              + Identifiers.literal(Identifiers.qualified(batch.table())));
    }
  }
}
