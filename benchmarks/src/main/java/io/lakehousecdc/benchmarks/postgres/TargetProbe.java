package io.lakehousecdc.benchmarks.postgres;

import io.lakehousecdc.benchmarks.load.Orders;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Asks a target over one open session, so that asking costs it next to nothing. */
final class TargetProbe implements AutoCloseable {
  private final Connection connection;
  private PreparedStatement lastRow;
  private PreparedStatement highest;

  private TargetProbe(Connection connection) {
    this.connection = connection;
  }

  static TargetProbe of(PostgresDatabase database) throws SQLException {
    return new TargetProbe(database.connect());
  }

  /** Whether the row inserted last is there; false too while there is no table. */
  boolean lastRowIsVisible() throws SQLException {
    if (lastRow == null) {
      if (!holds(connection.prepareStatement("select to_regclass('public.orders') is not null"))) {
        return false;
      }
      lastRow =
          connection.prepareStatement(
              "select exists (select from orders where id = %d)".formatted(Orders.LAST_ID));
    }
    return holds(lastRow);
  }

  /** The highest key of the table, which exists; 0 while it is empty. */
  long highestId() throws SQLException {
    if (highest == null) {
      highest = connection.prepareStatement("select coalesce(max(id), 0) from orders");
    }
    try (ResultSet answer = highest.executeQuery()) {
      answer.next();
      return answer.getLong(1);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private static boolean holds(PreparedStatement question) throws SQLException {
    try (ResultSet answer = question.executeQuery()) {
      return answer.next() && answer.getBoolean(1);
    }
  }
}
