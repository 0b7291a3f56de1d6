// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.spi.CommitId;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The offsets table: one row for each partition of a connector. Stateless apart from names. */
public final class OffsetStore {
  private static final String MOVE =
      " DO UPDATE SET next_offset = excluded.next_offset, commit_lsn = 0, lsn = 0,"
          + " latest_commit_us = 0, tie_count = 0, first_tie = 0, commit_id = NULL, updated_at = now()";

  private static final String RESET =
      MOVE
          + ", snapshot_lsn = excluded.snapshot_lsn,"
          + " completed_snapshot_lsn = excluded.completed_snapshot_lsn";

  private final OffsetRows rows;

  public OffsetStore(TableId table, String connector) {
    this.rows = new OffsetRows(table, connector);
  }

  TableId table() {
    return rows.table();
  }

  String createSql() {
    return "CREATE TABLE IF NOT EXISTS "
        + rows.sql()
        + """
         (connector text NOT NULL, topic text NOT NULL, partition integer NOT NULL,
          next_offset bigint NOT NULL, epoch integer NOT NULL, commit_lsn bigint NOT NULL,
          lsn bigint NOT NULL, snapshot_lsn bigint NOT NULL, completed_snapshot_lsn bigint NOT NULL,
          latest_commit_us bigint NOT NULL, tie_count integer NOT NULL DEFAULT 0,
          first_tie bigint NOT NULL DEFAULT 0, commit_id uuid,
          updated_at timestamptz NOT NULL DEFAULT now(),
          PRIMARY KEY (connector, topic, partition)) WITH (fillfactor = 50)""";
  }

  /** States of the connector's partitions of the given topics. */
  public Map<SourcePartition, PartitionState> states(Connection connection, Set<String> topics)
      throws SQLException {
    Map<SourcePartition, PartitionState> states = new HashMap<>();
    String query =
        "SELECT topic, partition, "
            + OffsetRows.COLUMNS
            + " FROM "
            + rows.sql()
            + " WHERE connector = ? AND topic = ANY(?)";
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, rows.connector());
      statement.setArray(2, connection.createArrayOf("text", topics.toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          SourcePartition partition = new SourcePartition(row.getString(1), row.getInt(2));
          states.put(partition, OffsetRows.state(row, 3));
        }
      }
    }
    return states;
  }

  /**
   * Moves the partitions from their previous states to the next, and so locks them: another owner
   * waits here until this transaction ends, and then finds that its previous state is outdated.
   *
   * @param commit stored with the states, to tell its own earlier success from another owner's
   * @return false where this very commit has been committed before
   * @throws FencedException a partition is at another offset
   */
  public boolean advance(Connection connection, List<PartitionAdvance> advances, CommitId commit)
      throws SQLException {
    return new OffsetAdvance(rows).advance(connection, advances, commit);
  }

  /**
   * Sets offsets as an operator asked. The high-water mark goes back to the start of its epoch, so
   * that what follows counts as new; the snapshot is kept, which positions of later events need,
   * unless the partition begins anew (a null offset).
   *
   * @param epochs greatest epoch of each topic that is known
   */
  public void alter(
      Connection connection, Map<SourcePartition, Long> offsets, Map<String, Integer> epochs)
      throws SQLException {
    for (Map.Entry<SourcePartition, Long> entry : offsets.entrySet()) {
      SourcePartition partition = entry.getKey();
      Long offset = entry.getValue();
      Integer epoch = epochs.get(partition.topic());
      if (offset == null && epoch == null) {
        continue;
      }
      PartitionState fresh = PartitionState.fresh(epoch == null ? 0 : epoch);
      PartitionState altered =
          new PartitionState(
              offset == null ? 0 : offset,
              fresh.highWater(),
              fresh.snapshotLsn(),
              fresh.completedSnapshotLsn(),
              0);
      try (PreparedStatement statement =
          connection.prepareStatement(rows.insertSql() + (offset == null ? RESET : MOVE))) {
        int next = OffsetRows.bindState(statement, 1, altered);
        statement.setNull(next++, Types.OTHER);
        rows.bindKey(statement, next, partition);
        statement.executeUpdate();
      }
    }
  }
}
