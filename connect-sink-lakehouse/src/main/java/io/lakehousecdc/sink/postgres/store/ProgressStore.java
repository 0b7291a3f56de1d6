// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.SourceProgress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * The table that tells readers up to which transaction the tables show each source of a connector.
 * Stateless apart from names.
 */
public final class ProgressStore implements OwnTable {
  private final TableId table;
  private final String sql;
  private final String connector;

  public ProgressStore(TableId table, String connector) {
    this.table = table;
    this.sql = qualified(table);
    this.connector = connector;
  }

  @Override
  public TableId table() {
    return table;
  }

  @Override
  public String createSql() {
    return "CREATE TABLE IF NOT EXISTS "
        + sql
        + """
         (connector text NOT NULL, source text NOT NULL, transaction_id text NOT NULL,
          commit_lsn bigint NOT NULL, committed_at timestamptz NOT NULL,
          applied_at timestamptz NOT NULL,
          PRIMARY KEY (connector, source)) WITH (fillfactor = 50)""";
  }

  /** What is stored of the connector. */
  public List<SourceProgress> read(Connection connection) throws SQLException {
    String query =
        "SELECT source, transaction_id, commit_lsn, committed_at FROM "
            + sql
            + " WHERE connector = ?";
    List<SourceProgress> progress = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, connector);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          progress.add(
              new SourceProgress(
                  row.getString(1),
                  row.getString(2),
                  row.getLong(3),
                  row.getObject(4, OffsetDateTime.class).toInstant().toEpochMilli()));
        }
      }
    }
    return progress;
  }

  /**
   * Stores what the open transaction reaches. A source that sends transactions again does not move
   * back: an earlier LSN counts only with a later time, as after a switch to another cluster.
   */
  public void write(Connection connection, List<SourceProgress> progress) throws SQLException {
    String upsert =
        "INSERT INTO "
            + sql
            + " AS p (connector, source, transaction_id, commit_lsn, committed_at, applied_at)"
            + " VALUES (?, ?, ?, ?, ?, clock_timestamp()) ON CONFLICT (connector, source) DO UPDATE"
            + " SET (transaction_id, commit_lsn, committed_at, applied_at) ="
            + " (excluded.transaction_id, excluded.commit_lsn, excluded.committed_at,"
            + " excluded.applied_at) WHERE excluded.commit_lsn >= p.commit_lsn"
            + " OR excluded.committed_at > p.committed_at";
    try (PreparedStatement statement = connection.prepareStatement(upsert)) {
      for (SourceProgress each : progress) {
        statement.setString(1, connector);
        statement.setString(2, each.source());
        statement.setString(3, each.transaction());
        statement.setLong(4, each.commitLsn());
        statement.setObject(5, Instant.ofEpochMilli(each.commitMillis()).atOffset(ZoneOffset.UTC));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }
}
