// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.tools.reconcile.TableProgress.Stage;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows of a table in PostgreSQL, on either side. The server computes the hashes, reading the
 * table in pieces of consecutive pages. For use within a transaction of the session; for one
 * thread, but for the connections' own.
 */
final class PostgresRows {
  private static final int FETCH = 10_000;

  /** Rows of a piece at least, so that its buckets are far fewer than its rows. */
  private static final long PIECE_ROWS = 250_000;

  private final ReadSession session;
  private final String table;
  private final RowSql sql;
  private final String rows;
  private final Pace pace;

  /**
   * @param table name in SQL
   * @param rows condition of the rows that are compared
   */
  PostgresRows(ReadSession session, String table, RowSql sql, String rows, Pace pace) {
    this.session = session;
    this.table = table;
    this.sql = sql;
    this.rows = rows;
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
  record Piece(String relation, String condition, double share) {}

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
   * Adds up the rows.
   *
   * @param marked condition of rows that are looked for
   * @return the pieces of the table that have such rows
   */
  List<Piece> sum(Buckets buckets, String marked, TableProgress progress, Stage stage)
      throws SQLException {
    String what =
        "SELECT (%s & %d)::int4, count(*), sum(%s), count(*) FILTER (WHERE %s)"
            .formatted(sql.keyHash(), buckets.count() - 1, sql.rowHash(), marked);
    List<Piece> found = new ArrayList<>();
    new OnConnections(session)
        .forEach(
            pieces(8L * buckets.count()),
            (connection, piece) -> {
              long read = 0;
              long count = 0;
              try (Statement statement = connection.createStatement();
                  ResultSet row = statement.executeQuery(what + from(piece) + " GROUP BY 1")) {
                while (row.next()) {
                  read += row.getLong(2);
                  buckets.add(
                      row.getInt(1),
                      row.getLong(2),
                      row.getBigDecimal(3).toBigInteger().longValue());
                  count += row.getLong(4);
                }
              }
              if (count > 0) {
                synchronized (found) {
                  found.add(piece);
                }
              }
              progress.read(stage, read, piece.share());
              pace.read(read);
            });
    return found;
  }

  /** Hashes of the rows of some buckets, by key. */
  Map<Key, Long> list(BitSet buckets, int count) throws SQLException {
    String what = "SELECT " + sql.keyTexts() + ", " + sql.rowHash();
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
                    part.merge(sql.key(row), row.getLong(sql.keys().size() + 1), Buckets::together);
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
   * Keys of rows.
   *
   * @param pieces where they are
   * @param marked their condition
   * @param most no more pieces are read once there are so many
   */
  List<Key> keys(List<Piece> pieces, String marked, long most) throws SQLException {
    List<Key> keys = new ArrayList<>();
    new OnConnections(session)
        .forEach(
            pieces,
            (connection, piece) -> {
              synchronized (keys) {
                if (keys.size() >= most) {
                  return;
                }
              }
              List<Key> part = new ArrayList<>();
              try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(FETCH);
                try (ResultSet row =
                    statement.executeQuery(
                        "SELECT %s%s AND %s LIMIT %d"
                            .formatted(sql.keyTexts(), from(piece), marked, most))) {
                  while (row.next()) {
                    part.add(sql.key(row));
                  }
                }
              }
              synchronized (keys) {
                keys.addAll(part);
              }
            });
    return keys;
  }
}
