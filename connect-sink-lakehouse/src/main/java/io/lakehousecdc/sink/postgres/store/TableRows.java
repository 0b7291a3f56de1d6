// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.sink.change.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** A reader of what a table of the sink's own says of other tables, which its rows name. */
final class TableRows {
  private TableRows() {}

  /** Takes one row; its name comes first, as text. */
  interface Reader {
    void read(TableId of, ResultSet row) throws SQLException;
  }

  /**
   * Reads the rows of the given tables.
   *
   * @param sql the table that holds the rows, quoted
   * @param columns what to select after {@code table_name}
   */
  static void read(
      Connection connection, String sql, String columns, Collection<TableId> tables, Reader reader)
      throws SQLException {
    readAfter("", connection, sql, columns, tables, reader);
  }

  /**
   * Reads the rows of the given tables as they are when other statements have been executed, in the
   * same round trip.
   *
   * @param first statements without rows, each ended by a semicolon
   */
  static void readAfter(
      String first,
      Connection connection,
      String sql,
      String columns,
      Collection<TableId> tables,
      Reader reader)
      throws SQLException {
    Map<String, TableId> names = new HashMap<>();
    tables.forEach(each -> names.put(qualified(each), each));
    String query =
        first + "SELECT table_name, " + columns + " FROM " + sql + " WHERE table_name = ANY(?)";
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setArray(1, connection.createArrayOf("text", names.keySet().toArray()));
      boolean isRows = statement.execute();
      while (!isRows && statement.getUpdateCount() >= 0) {
        isRows = statement.getMoreResults();
      }
      try (ResultSet row = statement.getResultSet()) {
        while (row.next()) {
          reader.read(names.get(row.getString(1)), row);
        }
      }
    }
  }
}
