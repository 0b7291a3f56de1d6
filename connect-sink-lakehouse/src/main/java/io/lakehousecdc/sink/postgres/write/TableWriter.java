// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import java.sql.SQLException;
import java.util.Set;

/**
 * Writes one table's batches, each in steps that are interleaved with those of other tables: first
 * all are staged, then rows removed (children before parents), then rows written (parents first).
 * Not thread-safe.
 */
interface TableWriter {

  TablePlan plan();

  /**
   * Sends the changes to the server.
   *
   * @param floor changes below it are void
   * @return NOT NULL columns that are to receive NULL
   */
  Set<PgColumn> stage(TableBatch batch, Position floor) throws SQLException;

  /** Applies the truncate and the deletes. */
  void remove(TableBatch batch) throws SQLException;

  /** Applies everything else. */
  void write(TableBatch batch) throws SQLException;

  /** What the last batch did so far. */
  Counts counts();

  /** Running figures of one batch. */
  final class Counts {
    long upserted;
    long deleted;
    long stale;
    long toastMerged;
  }
}
