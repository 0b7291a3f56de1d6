// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.schema.ColumnHistory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The table of source columns: which ones the source of each table has and had. Stateless apart
 * from its name.
 */
public final class ColumnStore implements OwnTable {
  private final TableId table;
  private final String sql;

  public ColumnStore(TableId table) {
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
        + " (table_name text PRIMARY KEY, columns text NOT NULL,"
        + " updated_at timestamptz NOT NULL DEFAULT now())";
  }

  /** What is known of the given tables; {@link ColumnHistory#EMPTY} where nothing is. */
  public Map<TableId, ColumnHistory> read(Connection connection, Collection<TableId> tables)
      throws SQLException {
    Map<TableId, ColumnHistory> found = new HashMap<>();
    tables.forEach(each -> found.put(each, ColumnHistory.EMPTY));
    TableRows.read(
        connection,
        sql,
        "columns",
        tables,
        (of, row) -> found.put(of, parsed(row.getString(1), row.getString(2))));
    return found;
  }

  private ColumnHistory parsed(String name, String text) {
    try {
      return ColumnHistory.parse(text);
    } catch (IllegalArgumentException e) {
      throw new FatalException(
          "Table "
              + table
              + " does not hold what this sink wrote about "
              + name
              + ". Delete that row: columns dropped until now are then kept. "
              + e.getMessage(),
          e);
    }
  }

  public void write(Connection connection, TableId of, ColumnHistory history) throws SQLException {
    String upsert =
        "INSERT INTO "
            + sql
            + " (table_name, columns) VALUES (?, ?) ON CONFLICT (table_name) DO UPDATE"
            + " SET columns = excluded.columns, updated_at = now()";
    try (PreparedStatement statement = connection.prepareStatement(upsert)) {
      statement.setString(1, qualified(of));
      statement.setString(2, history.text());
      statement.executeUpdate();
    }
  }
}
