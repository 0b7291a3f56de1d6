// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.Catalog;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** Reads rows as canonical values, by way of SQL and text, not of the code under test. */
final class PostgresRows {
  private final PostgresDatabase database;

  PostgresRows(PostgresDatabase database) {
    this.database = database;
  }

  List<Map<String, Object>> rows(TableId id) {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET timezone = 'UTC'; SET intervalstyle = 'iso_8601'");
      PgTable table = new Catalog(connection).table(id).orElse(null);
      if (table == null) {
        return List.of();
      }
      StringJoiner list = new StringJoiner(", ");
      table.columns().forEach(column -> list.add(expression(column)));
      List<Map<String, Object>> rows = new ArrayList<>();
      try (ResultSet row = statement.executeQuery("SELECT " + list + " FROM " + table.sql())) {
        while (row.next()) {
          Map<String, Object> values = new LinkedHashMap<>();
          for (int i = 0; i < table.columns().size(); i++) {
            PgColumn column = table.columns().get(i);
            values.put(column.name(), value(row, i + 1, column.type().logical()));
          }
          rows.add(values);
        }
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  List<DeadLetter> deadLetters(String table) {
    List<DeadLetter> letters = new ArrayList<>();
    for (List<Object> row :
        database.rows(
            "select topic, partition, \"offset\", key, value, op, error_class, error_message,"
                + " (extract(epoch from created_at) * 1000)::int8, retries from "
                + table)) {
      letters.add(
          new DeadLetter(
              new RecordOffset(
                  new SourcePartition((String) row.get(0), (Integer) row.get(1)),
                  (Long) row.get(2)),
              (String) row.get(3),
              (String) row.get(4),
              (String) row.get(5),
              (String) row.get(6),
              (String) row.get(7),
              (Long) row.get(8),
              (Integer) row.get(9)));
    }
    return letters;
  }

  private static String expression(PgColumn column) {
    String name = column.sql();
    LogicalType type = column.type().logical();
    if (type instanceof Array array) {
      return "(SELECT array_agg("
          + canonical("e", array.element())
          + " ORDER BY n) FROM unnest("
          + name
          + ") WITH ORDINALITY AS u(e, n)), "
          + "cardinality("
          + name
          + ")";
    }
    return canonical(name, type) + ", 0";
  }

  private static String canonical(String name, LogicalType type) {
    if (type == Primitive.DATE) {
      return ("CASE WHEN isfinite(%s) THEN (%s - date '1970-01-01')::int8"
              + " WHEN %s > '2000-01-01' THEN 2147483647"
              + " WHEN %s < '2000-01-01' THEN -2147483648 END")
          .replace("%s", name);
    }
    if (type == Primitive.TIMESTAMP || type == Primitive.TIMESTAMPTZ) {
      String instant = type == Primitive.TIMESTAMP ? name + " AT TIME ZONE 'UTC'" : name;
      String seconds = "extract(epoch FROM date_trunc('second', " + instant + "))::int8 * 1000000";
      String micros = "extract(microseconds FROM " + name + ")::int8 % 1000000";
      return "CASE WHEN isfinite(%s) THEN ".replace("%s", name)
          + seconds
          + " + "
          + micros
          + (" WHEN %s > '2000-01-01' THEN 9223372036854775807"
                  + " WHEN %s < '2000-01-01' THEN -9223372036854775808 END")
              .replace("%s", name);
    }
    if (type == Primitive.TIME) {
      return "(extract(epoch FROM %s) * 1000000)::int8".replace("%s", name);
    }
    if (type instanceof Primitive primitive) {
      switch (primitive) {
        case BOOLEAN, INT16, INT32, INT64, FLOAT32, FLOAT64, NUMERIC, BYTES:
          return name;
        default:
          break;
      }
    }
    return type instanceof LogicalType.Decimal
        ? name
        : "CASE WHEN " + name + " IS NOT NULL THEN format('%s', " + name + ") END";
  }

  private static Object value(ResultSet row, int column, LogicalType type) throws SQLException {
    Object raw = row.getObject(2 * column - 1);
    if (type instanceof Array array) {
      int size = row.getInt(2 * column);
      if (row.wasNull()) {
        return null;
      }
      Object[] elements =
          size == 0 ? new Object[0] : (Object[]) row.getArray(2 * column - 1).getArray();
      return Arrays.stream(elements).map(each -> narrowed(each, array.element())).toList();
    }
    return narrowed(raw, type);
  }

  private static Object narrowed(Object raw, LogicalType type) {
    if (raw instanceof Number number) {
      if (type == Primitive.INT16) {
        return number.shortValue();
      }
      if (type == Primitive.DATE) {
        return (int) number.longValue();
      }
    }
    return raw;
  }
}
