// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A command that runs a SQL query, for machines without psql.
 *
 * @param url of JDBC, with user and password
 */
record Query(String url, String sql) {
  /** Prints the rows, or how many rows have changed; the separator is a tabulator. */
  void print(PrintStream out) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      if (statement.execute(sql)) {
        print(statement.getResultSet(), out);
      } else {
        out.println(statement.getUpdateCount() + " rows changed");
      }
    }
  }

  private static void print(ResultSet result, PrintStream out) throws SQLException {
    int width = result.getMetaData().getColumnCount();
    List<String> line = new ArrayList<>();
    for (int column = 1; column <= width; column++) {
      line.add(result.getMetaData().getColumnLabel(column));
    }
    out.println(String.join("\t", line));
    while (result.next()) {
      line.clear();
      for (int column = 1; column <= width; column++) {
        String cell = result.getString(column);
        line.add(cell == null ? "NULL" : cell);
      }
      out.println(String.join("\t", line));
    }
  }
}
