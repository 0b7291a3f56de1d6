// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** A cache of prepared statements of one connection. For one thread. */
final class Sql {
  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Sql(Connection connection) {
    this.connection = connection;
  }

  /** Runs a statement; returns how many rows it has changed. */
  int execute(String sql, Object... parameters) throws SQLException {
    return bound(sql, parameters).executeUpdate();
  }

  /** Runs an insert of one row that returns the row's key. */
  long insert(String sql, Object... parameters) throws SQLException {
    try (ResultSet result = bound(sql, parameters).executeQuery()) {
      result.next();
      return result.getLong(1);
    }
  }

  private PreparedStatement bound(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }
}
