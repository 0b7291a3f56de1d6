// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.removal;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.quote;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Removes rows from a table in PostgreSQL, some of them a transaction. */
final class PostgresRemover implements RowRemover {
  /** Short, so that commits of the sink never wait for long. */
  private static final int ROWS = 200;

  private final PostgresAccess access;
  private final TableId table;
  private final MetadataColumns names;

  private PostgresRemover(PostgresAccess access, TableId table, MetadataColumns names) {
    this.access = access;
    this.table = table;
    this.names = names;
  }

  static PostgresRemover open(TargetSettings settings, TableId table) throws SQLException {
    return new PostgresRemover(PostgresAccess.open(settings), table, settings.tables().metadata());
  }

  @Override
  public Removed remove(Collection<RemovableRow> rows) throws SQLException {
    List<RemovableRow> removed = new ArrayList<>();
    List<RemovableRow> changed = new ArrayList<>();
    List<RemovableRow> absent = new ArrayList<>();
    List<RemovableRow> all = new ArrayList<>(rows);
    for (int from = 0; from < all.size(); from += ROWS) {
      List<RemovableRow> part = all.subList(from, Math.min(from + ROWS, all.size()));
      Removed done =
          access.transaction("Table " + table + ": removing rows", to -> remove(to, part));
      removed.addAll(done.removed());
      changed.addAll(done.changed());
      absent.addAll(done.absent());
    }
    return new Removed(removed, changed, absent);
  }

  private Removed remove(Connection connection, List<RemovableRow> rows) throws SQLException {
    List<RemovableRow> removed = new ArrayList<>();
    List<RemovableRow> changed = new ArrayList<>();
    List<RemovableRow> absent = new ArrayList<>();
    for (RemovableRow row : rows) {
      PgTable stored = access.table(table, row.key());
      if (delete(connection, stored, row) > 0) {
        removed.add(row);
      } else if (exists(connection, stored, row.key())) {
        changed.add(row);
      } else {
        absent.add(row);
      }
    }
    return new Removed(removed, changed, absent);
  }

  private int delete(Connection connection, PgTable stored, RemovableRow row) throws SQLException {
    PostgresKey key = new PostgresKey(row.key());
    String sql =
        "DELETE FROM "
            + stored.sql()
            + " WHERE "
            + key.condition()
            + guard(stored, names.epoch())
            + guard(stored, names.commitLsn())
            + guard(stored, names.lsn());
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int next = key.set(statement, 1);
      StoredPosition position = row.position();
      next = set(statement, next, stored, names.epoch(), position.epoch());
      next = set(statement, next, stored, names.commitLsn(), position.commitLsn());
      set(statement, next, stored, names.lsn(), position.lsn());
      return statement.executeUpdate();
    }
  }

  private static String guard(PgTable stored, String column) {
    return stored.column(column).isPresent()
        ? " AND " + quote(column) + " IS NOT DISTINCT FROM ?"
        : "";
  }

  private static int set(
      PreparedStatement statement, int place, PgTable stored, String column, Number value)
      throws SQLException {
    if (stored.column(column).isEmpty()) {
      return place;
    }
    statement.setObject(place, value == null ? null : value.longValue(), Types.BIGINT);
    return place + 1;
  }

  private static boolean exists(Connection connection, PgTable stored, KeyText text)
      throws SQLException {
    PostgresKey key = new PostgresKey(text);
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT 1 FROM " + stored.sql() + " WHERE " + key.condition() + " LIMIT 1")) {
      key.set(query, 1);
      return query.executeQuery().next();
    }
  }

  @Override
  public void close() {
    access.close();
  }
}
