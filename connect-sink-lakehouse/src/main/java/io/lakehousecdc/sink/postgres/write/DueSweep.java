// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.catalog.TableTraits;
import io.lakehousecdc.sink.postgres.schema.CreatedTables;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.BelowFloorSql;
import io.lakehousecdc.sink.postgres.store.SweepWorkStore;
import java.sql.SQLException;

/**
 * The sweep, or the report, of rows that a completed snapshot did not contain, within the commit
 * that finds all partitions past the snapshot. A big table is left to {@link SweepWorkStore}. For
 * one use.
 *
 * @param settings tell which tables are big
 * @param created tells of tables that have nothing to be found
 * @param work where the work on a big table is stored
 */
record DueSweep(
    Session session, PostgresSettings settings, CreatedTables created, SweepWorkStore work) {

  /** Sweeps a table that is written; returns how many orphaned rows were found. */
  long run(PgTable table, Sweep sweep) throws SQLException {
    boolean nothing = created.hasNothingBelow(table, sweep.floor());
    created.forget(table);
    if (nothing) {
      return 0;
    }
    if (isLeft(table, sweep.mode())) {
      work.add(
          session.connection(),
          new SweepWorkStore.Work(
              table.id(), sweep.mode(), sweep.below(), sweep.floor().atMicros()));
      return 0;
    }
    BelowFloorSql sql = new BelowFloorSql(table, settings.tables());
    return session.scanning(
        () ->
            sweep.mode() == Sweep.Mode.REPORT
                ? session.number(sql.count(sweep.floor()))
                : session.update(sql.remove(sweep.floor(), Operation.DELETE)));
  }

  /** Rows that a foreign key needs may be among those of the commit: these stay together. */
  private boolean isLeft(PgTable table, Sweep.Mode mode) throws SQLException {
    TableTraits traits = TableTraits.read(session.connection(), table);
    return traits.bytes() >= settings.maintenanceBytes()
        && (mode == Sweep.Mode.REPORT || !traits.referenced() && !traits.key().isEmpty());
  }
}
