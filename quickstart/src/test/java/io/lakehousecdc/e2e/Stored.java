// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.quickstart.warehouse.DeltaReader;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables of a target, read without the sink's code, with values in PostgreSQL's text format.
 */
interface Stored {
  /** Selects all rows. */
  Filter ALL = new Filter("", "");

  /** Rows in which this column is not true. */
  static Filter notTrue(String column) {
    return new Filter(column, "true");
  }

  /** Excludes rows whose column has this value; without a column none. */
  record Filter(String column, String refused) {}

  /**
   * The rows in the order of their text.
   *
   * @param table schema and table
   * @throws RuntimeException if there is no such table yet, or it lacks a column
   */
  List<String> rows(String table, List<String> columns, Filter filter);

  /** How many rows a table has; 0 while it does not exist. */
  long count(String table, String column);

  /** In PostgreSQL. */
  record InPostgres(PostgresDatabase database) implements Stored {
    @Override
    public List<String> rows(String table, List<String> columns, Filter filter) {
      String list = columns.stream().map(c -> c + "::text").collect(Collectors.joining(", "));
      String where =
          filter.column().isEmpty()
              ? ""
              : " where %s::text is distinct from '%s'"
                  .formatted(filter.column(), filter.refused());
      try (Connection connection = database.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("set time zone 'UTC'");
        try (ResultSet result =
            statement.executeQuery("select " + list + " from " + table + where)) {
          List<String> rows = new ArrayList<>();
          while (result.next()) {
            List<String> row = new ArrayList<>();
            for (int i = 1; i <= columns.size(); i++) {
              row.add(result.getString(i));
            }
            rows.add(row.toString());
          }
          return rows.stream().sorted().toList();
        }
      } catch (SQLException e) {
        throw new IllegalStateException("cannot read " + table, e);
      }
    }

    @Override
    public long count(String table, String column) {
      return database.value("select to_regclass('" + table + "')::text") == null
          ? 0
          : database.number("select count(*) from " + table);
    }
  }

  /** In Delta Lake. */
  record InDelta(Path root) implements Stored {
    private static final DeltaReader READER = new DeltaReader();

    @Override
    public List<String> rows(String table, List<String> columns, Filter filter) {
      if (filter.column().isEmpty()) {
        return READER.rows(location(table), columns).stream().map(List::toString).sorted().toList();
      }
      List<String> all =
          Stream.concat(columns.stream(), Stream.of(filter.column())).distinct().toList();
      int filtered = all.indexOf(filter.column());
      return READER.rows(location(table), all).stream()
          .filter(row -> !filter.refused().equals(row.get(filtered)))
          .map(row -> row.subList(0, columns.size()).toString())
          .sorted()
          .toList();
    }

    @Override
    public long count(String table, String column) {
      return root.resolve(table.replace('.', '/')).resolve("_delta_log").toFile().exists()
          ? READER.rows(location(table), List.of(column)).size()
          : 0;
    }

    private String location(String table) {
      return root.resolve(table.replace('.', '/')).toString();
    }
  }
}
