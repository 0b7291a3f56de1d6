// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;
import static io.lakehousecdc.sink.postgres.catalog.Identifiers.quote;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.tools.reconcile.PostgresRows.Piece;
import io.lakehousecdc.tools.reconcile.TableProgress.Stage;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rows of a table in a PostgreSQL warehouse. */
final class PostgresTargetRows implements TargetRows {
  private final ReadSession session;
  private final PostgresRows rows;
  private final PostgresKeys keyed;
  private final String time;
  private final String offsets;
  private final String connector;
  private final String topic;

  /**
   * @param columns names of all columns of the target's table
   * @param offsets table of offsets
   */
  PostgresTargetRows(
      ReadSession session,
      TablePair pair,
      Set<String> columns,
      TableOptions options,
      Offsets offsets,
      Pace pace) {
    MetadataColumns metadata = options.metadata();
    this.session = session;
    this.time = columns.contains(metadata.ts()) ? quote(metadata.ts()) : "NULL::timestamptz";
    this.offsets = qualified(offsets.table());
    this.connector = offsets.connector();
    this.topic = pair.topic();
    String table = qualified(pair.target());
    RowSql sql = RowSql.ofTarget(pair);
    String live = live(columns, options);
    this.rows = new PostgresRows(session, table, sql, live, pace);
    this.keyed = new PostgresKeys(session, table, sql, live, version(columns, metadata));
  }

  /** Where the states of a connector's partitions are. */
  record Offsets(TableId table, String connector) {}

  private static String live(Set<String> columns, TableOptions options) {
    String deleted = options.metadata().deleted();
    String live = columns.contains(deleted) ? "(" + quote(deleted) + " IS NOT TRUE)" : "true";
    return options
        .history()
        .map(HistoryOptions::columns)
        .map(names -> live + " AND " + quote(names.current()))
        .orElse(live);
  }

  private static String version(Set<String> columns, MetadataColumns metadata) {
    List<String> position = List.of(metadata.epoch(), metadata.commitLsn(), metadata.lsn());
    return columns.containsAll(position)
        ? "concat("
            + quote(position.get(0))
            + ", '/', "
            + quote(position.get(1))
            + ", '/', "
            + quote(position.get(2))
            + ")"
        : "xmin::text";
  }

  /** What is done within one transaction. */
  @FunctionalInterface
  private interface Reading<T> {
    T read() throws SQLException;
  }

  private <T> T reading(Reading<T> reading) throws SQLException {
    session.begin();
    try {
      return reading.read();
    } finally {
      session.end();
    }
  }

  @Override
  public List<Key> sum(Buckets buckets, long since, TableProgress progress) throws SQLException {
    String moved =
        "%s >= timestamptz 'epoch' + %d * interval '1 microsecond'".formatted(time, since);
    return reading(
        () -> {
          List<Piece> late = rows.sum(buckets, moved, progress, Stage.TARGET);
          List<Key> keys = rows.keys(late, moved, MOST_MOVED + 1L);
          if (keys.size() > MOST_MOVED) {
            return List.of();
          }
          keyed.subtract(keys, buckets);
          return keys;
        });
  }

  @Override
  public Map<Key, Long> list(BitSet buckets, int count) throws SQLException {
    return reading(() -> rows.list(buckets, count));
  }

  @Override
  public Map<Key, Look> look(Collection<Key> keys) throws SQLException {
    return reading(() -> keyed.look(keys));
  }

  @Override
  public Applied applied() throws SQLException {
    Applied applied = Applied.NOTHING;
    try (PreparedStatement query =
        session
            .first()
            .prepareStatement(
                "SELECT commit_lsn, lsn FROM " + offsets + " WHERE connector = ? AND topic = ?")) {
      query.setString(1, connector);
      query.setString(2, topic);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          applied = applied.and(row.getLong(1), row.getLong(2));
        }
      }
    }
    return applied;
  }
}
