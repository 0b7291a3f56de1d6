// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.removal;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.quote;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.stream.Collectors;

/**
 * A key in conditions of PostgreSQL. Its texts are parameters without a type, so that the server
 * reads them as values of the columns; none of them becomes part of a statement.
 */
public final class PostgresKey {
  private final KeyText key;

  public PostgresKey(KeyText key) {
    this.key = key;
  }

  /** The condition that a row has the key; with a parameter for each value that is not NULL. */
  public String condition() {
    return key.columns().entrySet().stream()
        .map(column -> quote(column.getKey()) + (column.getValue() == null ? " IS NULL" : " = ?"))
        .collect(Collectors.joining(" AND "));
  }

  /**
   * Sets the parameters of {@link #condition}.
   *
   * @param first number of the first one
   * @return number of the parameter after them
   */
  public int set(PreparedStatement statement, int first) throws SQLException {
    int next = first;
    for (String text : key.columns().values()) {
      if (text != null) {
        statement.setObject(next++, text, Types.OTHER);
      }
    }
    return next;
  }
}
