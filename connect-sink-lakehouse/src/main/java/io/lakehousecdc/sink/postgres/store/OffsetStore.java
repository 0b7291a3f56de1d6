// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** The offsets table: one row for each partition of a connector. Stateless apart from names. */
public final class OffsetStore {
  private static final String COLUMNS =
      "next_offset, epoch, commit_lsn, lsn, snapshot_lsn, completed_snapshot_lsn, latest_commit_us,"
          + " tie_count, first_tie";

  private static final String MOVE =
      " DO UPDATE SET next_offset = excluded.next_offset, commit_lsn = 0, lsn = 0,"
          + " latest_commit_us = 0, tie_count = 0, first_tie = 0, commit_id = NULL, updated_at = now()";

  private static final String RESET =
      MOVE
          + ", snapshot_lsn = excluded.snapshot_lsn,"
          + " completed_snapshot_lsn = excluded.completed_snapshot_lsn";

  private final TableId table;
  private final String sql;
  private final String connector;

  public OffsetStore(TableId table, String connector) {
    this.table = table;
    this.sql = qualified(table);
    this.connector = connector;
  }

  TableId table() {
    return table;
  }

  String createSql() {
    return "CREATE TABLE IF NOT EXISTS "
        + sql
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
            + COLUMNS
            + " FROM "
            + sql
            + " WHERE connector = ? AND topic = ANY(?)";
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, connector);
      statement.setArray(2, connection.createArrayOf("text", topics.toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          states.put(new SourcePartition(row.getString(1), row.getInt(2)), state(row));
        }
      }
    }
    return states;
  }

  private static PartitionState state(ResultSet row) throws SQLException {
    return new PartitionState(
        row.getLong(3),
        new Position(row.getInt(4), row.getLong(5), row.getLong(6)),
        row.getLong(7),
        row.getLong(8),
        row.getLong(9),
        new PartitionState.Ties(row.getInt(10), row.getLong(11)));
  }

  /**
   * Moves the partitions from their previous states to the next, and so locks them: another owner
   * waits here until this transaction ends, and then finds that its previous state is outdated.
   *
   * @param commitId identifies the commit, to tell its own earlier success from another owner's
   * @return false where this very commit has been committed before
   * @throws FencedException a partition is at another offset
   */
  public boolean advance(Connection connection, List<PartitionAdvance> advances, UUID commitId)
      throws SQLException {
    List<PartitionAdvance> ordered =
        advances.stream()
            .sorted(
                Comparator.comparing((PartitionAdvance each) -> each.partition().topic())
                    .thenComparing(each -> each.partition().partition()))
            .toList();
    int[] counts = update(connection, ordered, commitId);
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] != 1 && !insertedFresh(connection, ordered.get(i), commitId)) {
        return refused(connection, ordered.get(i), commitId);
      }
    }
    return true;
  }

  private int[] update(Connection connection, List<PartitionAdvance> advances, UUID commitId)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(updateSql())) {
      for (PartitionAdvance advance : advances) {
        int next = bindState(statement, 1, advance.next());
        statement.setObject(next++, commitId, Types.OTHER);
        next = bindKey(statement, next, advance.partition());
        statement.setLong(next++, advance.previous().map(PartitionState::nextOffset).orElse(0L));
        statement.setObject(next, commitId, Types.OTHER);
        statement.addBatch();
      }
      return statement.executeBatch();
    }
  }

  /** A first state, or one that builds on a state which {@code load} made up, has no row yet. */
  private boolean insertedFresh(Connection connection, PartitionAdvance advance, UUID commitId)
      throws SQLException {
    if (advance.previous().map(PartitionState::nextOffset).orElse(0L) != 0) {
      return false;
    }
    try (PreparedStatement statement = connection.prepareStatement(insertSql() + " DO NOTHING")) {
      int next = bindState(statement, 1, advance.next());
      statement.setObject(next++, commitId, Types.OTHER);
      bindKey(statement, next, advance.partition());
      return statement.executeUpdate() == 1;
    }
  }

  /** Always false: the commit was committed before; anything else is thrown. */
  private boolean refused(Connection connection, PartitionAdvance advance, UUID commitId)
      throws SQLException {
    String query =
        "SELECT next_offset, commit_id FROM "
            + sql
            + " WHERE connector = ? AND topic = ? AND partition = ?";
    String found = "none";
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      bindKey(statement, 1, advance.partition());
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          if (commitId.equals(row.getObject(2, UUID.class))) {
            return false;
          }
          found = Long.toString(row.getLong(1));
        }
      }
    }
    throw new FencedException(
        "Topic "
            + advance.partition().topic()
            + ", partition "
            + advance.partition().partition()
            + ": this task builds on offset "
            + advance.previous().map(PartitionState::nextOffset).orElse(0L)
            + ", but table "
            + table
            + " holds "
            + found
            + ". Another task has committed since, or the offsets were altered; this task has to"
            + " read its state anew.");
  }

  private String insertSql() {
    return "INSERT INTO "
        + sql
        + " ("
        + COLUMNS
        + ", commit_id, connector, topic, partition) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        + " ON CONFLICT (connector, topic, partition)";
  }

  private String updateSql() {
    return "UPDATE "
        + sql
        + " SET ("
        + COLUMNS
        + ", commit_id, updated_at) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, now())"
        + " WHERE connector = ? AND topic = ? AND partition = ? AND next_offset = ?"
        + " AND commit_id IS DISTINCT FROM ?";
  }

  private static int bindState(PreparedStatement statement, int from, PartitionState state)
      throws SQLException {
    statement.setLong(from, state.nextOffset());
    statement.setInt(from + 1, state.highWater().epoch());
    statement.setLong(from + 2, state.highWater().commitLsn());
    statement.setLong(from + 3, state.highWater().lsn());
    statement.setLong(from + 4, state.snapshotLsn());
    statement.setLong(from + 5, state.completedSnapshotLsn());
    statement.setLong(from + 6, state.latestCommitMicros());
    statement.setInt(from + 7, state.ties().count());
    statement.setLong(from + 8, state.ties().first());
    return from + 9;
  }

  private int bindKey(PreparedStatement statement, int from, SourcePartition partition)
      throws SQLException {
    statement.setString(from, connector);
    statement.setString(from + 1, partition.topic());
    statement.setInt(from + 2, partition.partition());
    return from + 3;
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
          connection.prepareStatement(insertSql() + (offset == null ? RESET : MOVE))) {
        int next = bindState(statement, 1, altered);
        statement.setNull(next++, Types.OTHER);
        bindKey(statement, next, partition);
        statement.executeUpdate();
      }
    }
  }
}
