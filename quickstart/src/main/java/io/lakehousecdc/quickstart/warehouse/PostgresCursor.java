// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.warehouse;

import io.lakehousecdc.testkit.PostgresDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A cursor over a query whose first column is the key, in one transaction. */
final class PostgresCursor implements RowCursor {
  private static final int FETCHED_AT_ONCE = 1000;

  private final Connection connection;
  private final ResultSet result;
  private final int width;

  private PostgresCursor(Connection connection, ResultSet result) throws SQLException {
    this.connection = connection;
    this.result = result;
    width = result.getMetaData().getColumnCount();
  }

  static PostgresCursor open(PostgresDatabase database, String query) {
    try {
      Connection connection = database.connect();
      try {
        return new PostgresCursor(connection, execute(connection, query));
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw failure(query, e);
    }
  }

  /** Statement and result live as long as the connection, which {@link #close} closes. */
  @SuppressWarnings("MustBeClosedChecker")
  private static ResultSet execute(Connection connection, String query) throws SQLException {
    connection.setAutoCommit(false); // or the driver reads everything at once
    Statement statement = connection.createStatement();
    statement.execute("set datestyle to ISO");
    statement.execute("set timezone to 'UTC'");
    statement.setFetchSize(FETCHED_AT_ONCE);
    return statement.executeQuery(query);
  }

  @Override
  public Optional<Row> next() {
    try {
      if (!result.next()) {
        return Optional.empty();
      }
      List<String> cells = new ArrayList<>(width - 1);
      for (int column = 2; column <= width; column++) {
        cells.add(result.getString(column));
      }
      return Optional.of(new Row(result.getLong(1), cells));
    } catch (SQLException e) {
      throw failure("the next row", e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failure("close", e);
    }
  }

  private static DemoFailure failure(String what, SQLException e) {
    return new DemoFailure("cannot read (%s): %s".formatted(what, e.getMessage()), e);
  }
}
