// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.tools.reconcile.TableProgress.Stage;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * The rows of a table in PostgreSQL, on either side. The server computes the hashes, reading the
 * table in pieces of consecutive pages. For use within a transaction of the session; for one
 * thread, but for the connections' own.
 */
final class PostgresRows {
  private static final int FETCH = 10_000;

  /** Keys that are looked up by one statement. */
  private static final int KEYS = 5_000;

  /** Rows of a piece at least, so that its buckets are far fewer than its rows. */
  private static final long PIECE_ROWS = 500_000;

  private final ReadSession session;
  private final String table;
  private final RowSql sql;
  private final String rows;
  private final String version;
  private final Pace pace;

  /**
   * @param table name in SQL
   * @param rows condition of the rows that are compared
   * @param version SQL of what changes whenever a row is written, as text
   */
  PostgresRows(
      ReadSession session, String table, RowSql sql, String rows, String version, Pace pace) {
    this.session = session;
    this.table = table;
    this.sql = sql;
    this.rows = rows;
    this.version = version;
    this.pace = pace;
  }

  /** About how many rows the table has. */
  long estimate() throws SQLException {
    double rows = 0;
    for (String relation : session.relations(table)) {
      Size size = size(relation);
      rows += size.pages() * size.density();
    }
    return (long) rows;
  }

  /**
   * How large a table is.
   *
   * @param density rows on a page, about
   */
  private record Size(long pages, double density) {
    private static final double USUAL = 50;

    static Size of(long pages, double analyzedRows, long analyzedPages) {
      boolean known = analyzedRows > 0 && analyzedPages > 0;
      return new Size(pages, known ? analyzedRows / analyzedPages : USUAL);
    }
  }

  private Size size(String relation) throws SQLException {
    String query =
        """
        SELECT pg_relation_size(oid) / current_setting('block_size')::int8, reltuples, relpages
        FROM pg_class WHERE oid = ?::regclass""";
    try (PreparedStatement statement = session.first().prepareStatement(query)) {
      statement.setString(1, relation);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return Size.of(row.getLong(1), row.getDouble(2), row.getLong(3));
      }
    }
  }

  /** Some consecutive pages of a table. */
  private record Piece(String relation, String condition, double share) {}

  private List<Piece> pieces(long leastRows) throws SQLException {
    List<Piece> pieces = new ArrayList<>();
    List<String> relations = session.relations(table);
    for (String relation : relations) {
      Size size = size(relation);
      long pages = size.pages();
      long step =
          Math.max(1, (long) (pace.piece(Math.max(PIECE_ROWS, leastRows)) / size.density()));
      if (!session.readsPageRanges() || pages <= step) {
        pieces.add(new Piece(relation, "true", 1.0 / relations.size()));
        continue;
      }
      for (long page = 0; page < pages; page += step) {
        boolean last = page + step >= pages;
        pieces.add(
            new Piece(
                relation,
                "ctid >= '(%d,0)'::tid".formatted(page)
                    + (last ? "" : " AND ctid < '(%d,0)'::tid".formatted(page + step)),
                (double) Math.min(step, pages - page) / pages / relations.size()));
      }
    }
    return pieces;
  }

  private String from(Piece piece) {
    return " FROM ONLY " + piece.relation() + " WHERE " + piece.condition() + " AND " + rows;
  }

  /**
   * Adds up rows.
   *
   * @param which further condition of the rows
   */
  void sum(Buckets buckets, String which, TableProgress progress, Stage stage) throws SQLException {
    String what =
        "SELECT ("
            + sql.keyHash()
            + " & "
            + (buckets.count() - 1)
            + ")::int4, count(*), sum("
            + sql.rowHash()
            + ")";
    new OnConnections(session)
        .forEach(
            pieces(8L * buckets.count()),
            (connection, piece) -> {
              long read = 0;
              try (Statement statement = connection.createStatement();
                  ResultSet row =
                      statement.executeQuery(
                          what + from(piece) + " AND " + which + " GROUP BY 1")) {
                while (row.next()) {
                  read += row.getLong(2);
                  buckets.add(
                      row.getInt(1),
                      row.getLong(2),
                      row.getBigDecimal(3).toBigInteger().longValue());
                }
              }
              progress.read(stage, read, piece.share());
              pace.read(read);
            });
  }

  /** Hashes of the rows of some buckets, by key. */
  Map<Key, Long> list(BitSet buckets, int count) throws SQLException {
    String what = "SELECT " + sql.rowHash() + ", " + sql.keyTexts();
    String wanted = " AND get_bit(?, (" + sql.keyHash() + " & " + (count - 1) + ")::int4) = 1";
    byte[] bits = java.util.Arrays.copyOf(buckets.toByteArray(), count / 8);
    Map<Key, Long> found = new HashMap<>();
    new OnConnections(session)
        .forEach(
            pieces(0),
            (connection, piece) -> {
              Map<Key, Long> part = new HashMap<>();
              try (PreparedStatement statement =
                  connection.prepareStatement(what + from(piece) + wanted)) {
                statement.setFetchSize(FETCH);
                statement.setBytes(1, bits);
                try (ResultSet row = statement.executeQuery()) {
                  while (row.next()) {
                    part.merge(key(row, 2), row.getLong(1), Buckets::together);
                  }
                }
              }
              synchronized (found) {
                part.forEach((key, hash) -> found.merge(key, hash, Buckets::together));
              }
            });
    return found;
  }

  /**
   * Keys of rows, but no more than some.
   *
   * @param which condition of the rows
   */
  List<Key> keys(String which, long most) throws SQLException {
    List<Key> keys = new ArrayList<>();
    try (Statement statement = session.first().createStatement()) {
      statement.setFetchSize(FETCH);
      try (ResultSet row =
          statement.executeQuery(
              "SELECT %s FROM %s WHERE %s AND %s LIMIT %d"
                  .formatted(sql.keyTexts(), whole(), rows, which, most))) {
        while (row.next()) {
          keys.add(key(row, 1));
        }
      }
    }
    return keys;
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
      equal.add("t." + sql.keyNames().get(i) + equals + cell.fromText("k._cdc_k" + i));
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
            found.row(key(row, 1), row, sql.keys().size() + 1);
          }
        }
      }
    }
  }

  private Key key(ResultSet row, int from) throws SQLException {
    List<String> texts = new ArrayList<>(sql.keys().size());
    for (int i = 0; i < sql.keys().size(); i++) {
      texts.add(row.getString(from + i));
    }
    return new Key(texts);
  }
}
