// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;

/**
 * The table of remembered truncates: of each table the greatest, for changes that come late. A
 * writer reads it after it has locked the table against truncates, so that it cannot miss one.
 * Stateless apart from its name.
 */
public final class TruncateStore {
  private final TableId table;
  private final String sql;

  public TruncateStore(TableId table) {
    this.table = table;
    this.sql = qualified(table);
  }

  TableId table() {
    return table;
  }

  String createSql() {
    return "CREATE TABLE IF NOT EXISTS "
        + sql
        + " (table_name text PRIMARY KEY, epoch integer NOT NULL, commit_lsn bigint NOT NULL,"
        + " lsn bigint NOT NULL, updated_at timestamptz NOT NULL DEFAULT now())";
  }

  /** Positions below which changes of the given tables are void; tables without are left out. */
  public Map<TableId, Position> read(Connection connection, Collection<TableId> tables)
      throws SQLException {
    return TableRows.read(
        connection,
        sql,
        "epoch, commit_lsn, lsn",
        tables,
        row -> new Position(row.getInt(2), row.getLong(3), row.getLong(4)));
  }

  /** Remembers a truncate unless a greater one is known. */
  public void remember(Connection connection, TableId truncated, Position below)
      throws SQLException {
    String upsert =
        "INSERT INTO "
            + sql
            + " AS t (table_name, epoch, commit_lsn, lsn) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (table_name) DO UPDATE SET epoch = excluded.epoch,"
            + " commit_lsn = excluded.commit_lsn, lsn = excluded.lsn, updated_at = now()"
            + " WHERE (t.epoch, t.commit_lsn, t.lsn)"
            + " < (excluded.epoch, excluded.commit_lsn, excluded.lsn)";
    try (PreparedStatement statement = connection.prepareStatement(upsert)) {
      statement.setString(1, qualified(truncated));
      statement.setInt(2, below.epoch());
      statement.setLong(3, below.commitLsn());
      statement.setLong(4, below.lsn());
      statement.executeUpdate();
    }
  }
}
