// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * A table of the source in the schema {@code public}, and the comparison of a warehouse's rows with
 * it: the source's server reads texts from the warehouse as values of the source's types and writes
 * them again.
 */
record SourceTable(PostgresDatabase database, String name) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Names of its current columns, in order. */
  List<String> columns() {
    return List.copyOf(types().keySet());
  }

  /** Its current rows, sorted. */
  List<List<String>> rows(List<String> columns) {
    Map<String, String> types = types();
    StringJoiner cells = new StringJoiner(", ");
    columns.forEach(column -> cells.add(text("\"%s\"".formatted(column), types.get(column))));
    return Texts.sorted(Texts.of(database.rows("select %s from public.%s".formatted(cells, name))));
  }

  /**
   * Rows of a warehouse as this table would write them, sorted.
   *
   * @throws IllegalStateException a text is not a value of its column's type
   */
  List<List<String>> asWritten(List<List<String>> rows, List<String> columns) {
    Map<String, String> types = types();
    StringJoiner cells = new StringJoiner(", ");
    for (int i = 0; i < columns.size(); i++) {
      String type = types.get(columns.get(i));
      String read = type.equals("hstore") ? "json" : type;
      cells.add(text("(r ->> %d)::%s".formatted(i, read), read));
    }
    String query = "select %s from jsonb_array_elements(?::jsonb) r".formatted(cells);
    try (Connection connection = database.connect();
        PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, MAPPER.writeValueAsString(rows));
      try (ResultSet result = statement.executeQuery()) {
        List<List<Object>> read = new ArrayList<>();
        while (result.next()) {
          List<Object> row = new ArrayList<>();
          for (int i = 1; i <= columns.size(); i++) {
            row.add(result.getString(i));
          }
          read.add(row);
        }
        return Texts.sorted(Texts.of(read));
      }
    } catch (SQLException | IOException e) {
      throw new IllegalStateException("rows of " + name + ": " + e.getMessage(), e);
    }
  }

  private Map<String, String> types() {
    Map<String, String> types = new LinkedHashMap<>();
    database
        .rows(
            """
            select attname::text, format_type(atttypid, atttypmod) from pg_attribute
            where attrelid = 'public.%s'::regclass and attnum > 0 and not attisdropped
            order by attnum
            """
                .formatted(name))
        .forEach(row -> types.put((String) row.get(0), (String) row.get(1)));
    return types;
  }

  /**
   * Normalises values that a warehouse may store in another form: JSON with other white space,
   * hstore as JSON, a numeric without trailing zeros, which Debezium does not send.
   */
  private static String text(String value, String type) {
    return switch (type) {
      case "hstore" -> "hstore_to_jsonb(" + value + ")::text";
      case "json" -> value + "::jsonb::text";
      case "numeric" -> "trim_scale(" + value + ")::text";
      default -> value + "::text";
    };
  }
}
