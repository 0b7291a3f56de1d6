// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.stack;

import io.lakehousecdc.benchmarks.load.Shape;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The probe of a PostgreSQL target, over one open session. */
final class PostgresProbe implements Probe {
  private final PostgresDatabase database;
  private final Shape shape;
  private final List<String> tables;
  private final Connection connection;
  private PreparedStatement lastRow;
  private PreparedStatement highest;

  private PostgresProbe(
      PostgresDatabase database, Shape shape, List<String> tables, Connection connection) {
    this.database = database;
    this.shape = shape;
    this.tables = tables;
    this.connection = connection;
  }

  /**
   * @param tables names of the tables that hold the rows of {@code orders} together
   */
  static PostgresProbe of(PostgresDatabase database, Shape shape, List<String> tables)
      throws SQLException {
    return new PostgresProbe(database, shape, tables, database.connect());
  }

  @Override
  public boolean lastRowIsVisible() throws SQLException {
    if (lastRow == null) {
      if (!holds(connection.prepareStatement("select to_regclass('public.orders') is not null"))) {
        return false;
      }
      lastRow =
          connection.prepareStatement(
              "select exists (select from orders where id = %d)".formatted(Shape.LAST_ID));
    }
    return holds(lastRow);
  }

  @Override
  public long highestId() throws SQLException {
    if (highest == null) {
      highest = connection.prepareStatement("select coalesce(max(id), 0) from orders");
    }
    try (ResultSet answer = highest.executeQuery()) {
      answer.next();
      return answer.getLong(1);
    }
  }

  @Override
  public OptionalLong session() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery("select pg_backend_pid()")) {
      answer.next();
      return OptionalLong.of(answer.getLong(1));
    }
  }

  @Override
  public String fingerprint() {
    if (tables.size() > 1) {
      database.execute(
          tables.stream()
              .map(
                  table -> "select %s from %s".formatted(String.join(", ", shape.columns()), table))
              .collect(Collectors.joining(" union all ", "create view orders as ", "")));
    }
    return shape.fingerprint(database);
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
