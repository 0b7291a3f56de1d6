// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One database of a {@link PostgresServer}, with its administrator. The statements run in
 * connections of their own and commit at once. Safe for use by many threads.
 *
 * @param host always loopback
 */
public record PostgresDatabase(String host, int port, String name, String user, String password) {

  /** The URL without credentials, as in a connector's configuration. */
  public String jdbcUrl() {
    return "jdbc:postgresql://%s:%d/%s".formatted(host, port, name);
  }

  /** A new connection; the caller closes it. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), user, password);
  }

  /** Runs each string as a statement (or several, separated by semicolons) in its own commit. */
  public void execute(String... statements) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("in database %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  /** The rows of a query as the driver's objects; SQL NULL is null. */
  public List<List<Object>> rows(String query) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      int width = result.getMetaData().getColumnCount();
      List<List<Object>> rows = new ArrayList<>();
      while (result.next()) {
        List<Object> row = new ArrayList<>(width);
        for (int column = 1; column <= width; column++) {
          row.add(result.getObject(column));
        }
        rows.add(Collections.unmodifiableList(row));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException("in database %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  /** The only value of a query with one row and one column. */
  public Object value(String query) {
    List<List<Object>> rows = rows(query);
    if (rows.size() != 1 || rows.get(0).size() != 1) {
      throw new IllegalStateException("not one value but %s: %s".formatted(rows, query));
    }
    return rows.get(0).get(0);
  }

  /** The value of a query such as {@code select count(*) …}. */
  public long number(String query) {
    return ((Number) value(query)).longValue();
  }

  /** Terminates all other sessions in this database, as a failover or an administrator does. */
  public void terminateSessions() {
    execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where datname = current_database() and pid <> pg_backend_pid()");
  }
}
