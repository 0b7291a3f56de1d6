// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * Rows of a table in PostgreSQL, on either side, that are looked up by their keys. For use within a
 * transaction of the session; for one thread.
 */
final class PostgresKeys {
  /** Keys that are looked up by one statement. */
  private static final int KEYS = 5_000;

  private final ReadSession session;
  private final String table;
  private final RowSql sql;
  private final String rows;
  private final String version;

  /**
   * @param table name in SQL
   * @param rows condition of the rows that are compared
   * @param version SQL of what changes whenever a row is written, as text
   */
  PostgresKeys(ReadSession session, String table, RowSql sql, String rows, String version) {
    this.session = session;
    this.table = table;
    this.sql = sql;
    this.rows = rows;
    this.version = version;
  }

  /** What a statement gives for each key that is found. */
  private interface Found {
    void row(Key key, ResultSet row, int from) throws SQLException;
  }

  /** Takes rows of some keys, which may come several times, out of their buckets. */
  void subtract(Collection<Key> keys, Buckets buckets) throws SQLException {
    find(
        Set.copyOf(keys),
        sql.keyHash() + ", " + sql.rowHash(),
        (key, row, from) -> buckets.add(buckets.of(row.getLong(from)), -1, -row.getLong(from + 1)));
  }

  /** The rows of some keys. */
  Map<Key, Look> look(Collection<Key> keys) throws SQLException {
    Map<Key, Look> looks = new HashMap<>();
    int columns = sql.columns().size();
    find(
        keys,
        sql.texts() + ", " + version,
        (key, row, from) -> {
          List<String> cells = new ArrayList<>();
          for (int i = 0; i < columns; i++) {
            cells.add(row.getString(from + i));
          }
          looks.merge(key, new Look(cells, row.getString(from + columns)), Look::and);
        });
    return looks;
  }

  /** The table in SQL: with its partitions, but without tables that only inherit from it. */
  private String whole() throws SQLException {
    return session.relations(table).equals(List.of(table)) ? "ONLY " + table : table;
  }

  /** Looks keys up: by the index of the key, unless a part of one is NULL. */
  private void find(Collection<Key> keys, String what, Found found) throws SQLException {
    Map<Boolean, List<Key>> parts =
        keys.stream().collect(Collectors.partitioningBy(Key::isComplete));
    find(parts.get(true), " = ", what, found);
    find(parts.get(false), " IS NOT DISTINCT FROM ", what, found);
  }

  private void find(List<Key> keys, String equals, String what, Found found) throws SQLException {
    StringJoiner arrays = new StringJoiner(", ");
    StringJoiner names = new StringJoiner(", ");
    StringJoiner equal = new StringJoiner(" AND ");
    for (int i = 0; i < sql.keyNames().size(); i++) {
      arrays.add("?::text[]");
      names.add("_cdc_k" + i);
      RowSql.Cell cell = sql.keys().get(i);
      if (cell.kind().isWrittenAlike()) {
        equal.add("t." + sql.keyNames().get(i) + equals + cell.fromText("k._cdc_k" + i));
      }
      // The column's own equality may not tell all keys apart: citext, collations.
      equal.add(cell.form().textSql(cell.sql()) + equals + "k._cdc_k" + i);
    }
    String query =
        "SELECT %s, %s FROM unnest(%s) AS k (%s) JOIN %s AS t ON %s WHERE %s"
            .formatted(sql.keyTexts(), what, arrays, names, whole(), equal, rows);
    Iterator<Key> left = keys.iterator();
    try (PreparedStatement statement = session.first().prepareStatement(query)) {
      while (left.hasNext()) {
        List<Key> some = new ArrayList<>();
        while (left.hasNext() && some.size() < KEYS) {
          some.add(left.next());
        }
        for (int i = 0; i < sql.keyNames().size(); i++) {
          int place = i;
          statement.setArray(
              i + 1,
              session
                  .first()
                  .createArrayOf(
                      "text", some.stream().map(key -> key.texts().get(place)).toArray()));
        }
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            found.row(sql.key(row), row, sql.keys().size() + 1);
          }
        }
      }
    }
  }
}
