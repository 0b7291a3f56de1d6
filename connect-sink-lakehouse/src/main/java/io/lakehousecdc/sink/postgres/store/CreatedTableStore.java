// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The table of tables that the sink has created and that have no row below the position of their
 * first: a snapshot at that position need not look for rows that it did not contain. Stateless
 * apart from its name.
 */
public final class CreatedTableStore implements OwnTable {
  private final TableId table;
  private final String sql;

  public CreatedTableStore(TableId table) {
    this.table = table;
    this.sql = qualified(table);
  }

  @Override
  public TableId table() {
    return table;
  }

  @Override
  public String createSql() {
    return "CREATE TABLE IF NOT EXISTS "
        + sql
        + " (table_name text PRIMARY KEY, table_oid bigint NOT NULL, epoch integer NOT NULL,"
        + " commit_lsn bigint NOT NULL, lsn bigint NOT NULL,"
        + " created_at timestamptz NOT NULL DEFAULT now())";
  }

  /** Position that no row of a table is below; empty where none is known. */
  public Optional<Position> read(Connection connection, PgTable of) throws SQLException {
    String query =
        "SELECT epoch, commit_lsn, lsn FROM " + sql + " WHERE table_name = ? AND table_oid = ?";
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, of.sql());
      statement.setLong(2, Integer.toUnsignedLong(of.oid()));
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(new Position(row.getInt(1), row.getLong(2), row.getLong(3)))
            : Optional.empty();
      }
    }
  }

  /** Notes that a table was created. */
  public void write(Connection connection, PgTable of, Position lowest) throws SQLException {
    String upsert =
        "INSERT INTO "
            + sql
            + " (table_name, table_oid, epoch, commit_lsn, lsn) VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT (table_name) DO UPDATE SET (table_oid, epoch, commit_lsn, lsn,"
            + " created_at) = (excluded.table_oid, excluded.epoch, excluded.commit_lsn,"
            + " excluded.lsn, now())";
    try (PreparedStatement statement = connection.prepareStatement(upsert)) {
      statement.setString(1, of.sql());
      statement.setLong(2, Integer.toUnsignedLong(of.oid()));
      statement.setInt(3, lowest.epoch());
      statement.setLong(4, lowest.commitLsn());
      statement.setLong(5, lowest.lsn());
      statement.executeUpdate();
    }
  }

  /** Nothing is known of the table any more. */
  public void forget(Connection connection, PgTable of) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM " + sql + " WHERE table_name = ?")) {
      statement.setString(1, of.sql());
      statement.executeUpdate();
    }
  }
}
