// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.schema;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.Transactional;
import io.lakehousecdc.sink.postgres.store.CreatedTableStore;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Which tables have no row below the position that they were created at. Every task checks what it
 * writes, and takes the note back in the transaction that writes something lower. Not thread-safe.
 */
public final class CreatedTables {
  private final Session session;
  private final CreatedTableStore store;
  private final Transactional<TableId, Optional<Position>> known = new Transactional<>();

  public CreatedTables(Session session, CreatedTableStore store) {
    this.session = session;
    this.store = store;
  }

  /** Notes that a table was created for a batch. */
  void created(PgTable table, TableBatch batch) throws SQLException {
    Optional<Position> lowest = lowest(batch);
    if (lowest.isPresent()) {
      store.write(session.connection(), table, lowest.get());
      known.put(table.id(), lowest);
    }
  }

  /** Notes that a batch is written to a table. */
  public void written(PgTable table, TableBatch batch) throws SQLException {
    Optional<Position> least = least(table);
    if (least.isPresent()
        && lowest(batch).map(lowest -> lowest.isBelow(least.get())).orElse(false)) {
      forget(table);
    }
  }

  /** Whether it is known that no row of a table is below a floor. */
  public boolean hasNothingBelow(PgTable table, Floor floor) throws SQLException {
    // Read anew: another task may have written something lower. A row of a later epoch than the
    // floor's is not below it, either.
    return store
        .read(session.connection(), table)
        .map(least -> !least.isBelow(floor.at()))
        .orElse(false);
  }

  /** The note has served: what is written need not be checked any more. */
  public void forget(PgTable table) throws SQLException {
    if (least(table).isPresent()) {
      store.forget(session.connection(), table);
      known.put(table.id(), Optional.empty());
    }
  }

  public void committed() {
    known.committed();
  }

  public void rolledBack() {
    known.rolledBack();
  }

  private Optional<Position> least(PgTable table) throws SQLException {
    Optional<Position> least = known.find(table.id());
    if (least == null) {
      least = store.read(session.connection(), table);
      known.put(table.id(), least);
    }
    return least;
  }

  private static Optional<Position> lowest(TableBatch batch) {
    Position lowest = null;
    for (RowChange change : batch.changes()) {
      Position position = change.info().position();
      lowest = lowest == null || position.isBelow(lowest) ? position : lowest;
    }
    return Optional.ofNullable(lowest);
  }
}
