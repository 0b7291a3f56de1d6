// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The offsets table: one row for each partition of a connector. Stateless apart from names. */
public final class OffsetStore implements OwnTable {
  /** Histories stay as they are: {@link PartitionState#movedTo}. */
  private static final String MOVE =
      " DO UPDATE SET ("
          + OffsetRows.COLUMNS
          + ", commit_id, tie_count, first_tie, updated_at) = ("
          + excluded()
          + ", NULL, 0, 0, now())";

  private final OffsetRows rows;

  public OffsetStore(TableId table, String connector) {
    this.rows = new OffsetRows(table, connector);
  }

  @Override
  public TableId table() {
    return rows.table();
  }

  @Override
  public String createSql() {
    return "CREATE TABLE IF NOT EXISTS "
        + rows.sql()
        + """
         (connector text NOT NULL, topic text NOT NULL, partition integer NOT NULL,
          next_offset bigint NOT NULL, epoch integer NOT NULL, commit_lsn bigint NOT NULL,
          lsn bigint NOT NULL, snapshot_lsn bigint NOT NULL, completed_snapshot_lsn bigint NOT NULL,
          latest_commit_us bigint NOT NULL, state text, tie_count integer NOT NULL DEFAULT 0,
          first_tie bigint NOT NULL DEFAULT 0, commit_id uuid,
          updated_at timestamptz NOT NULL DEFAULT now(),
          PRIMARY KEY (connector, topic, partition)) WITH (fillfactor = 50)""";
  }

  @Override
  public Optional<String> upgradeSql(PgTable stored) {
    return stored.column("state").isPresent()
        ? Optional.empty()
        : Optional.of("ALTER TABLE " + rows.sql() + " ADD COLUMN IF NOT EXISTS state text");
  }

  private static String excluded() {
    return Stream.of(OffsetRows.COLUMNS.split(", "))
        .map(name -> "excluded." + name)
        .collect(Collectors.joining(", "));
  }

  /** States of the connector's partitions of the given topics. */
  public Map<SourcePartition, PartitionState> states(Connection connection, Set<String> topics)
      throws SQLException {
    String query = select() + " AND topic = ANY(?)";
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, rows.connector());
      statement.setArray(2, connection.createArrayOf("text", topics.toArray()));
      return states(statement);
    }
  }

  /** States of all partitions of the connector. */
  public Map<SourcePartition, PartitionState> states(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(select())) {
      statement.setString(1, rows.connector());
      return states(statement);
    }
  }

  private String select() {
    return "SELECT topic, partition, "
        + OffsetRows.COLUMNS
        + " FROM "
        + rows.sql()
        + " WHERE connector = ?";
  }

  private Map<SourcePartition, PartitionState> states(PreparedStatement query) throws SQLException {
    Map<SourcePartition, PartitionState> states = new HashMap<>();
    try (ResultSet row = query.executeQuery()) {
      while (row.next()) {
        SourcePartition partition = new SourcePartition(row.getString(1), row.getInt(2));
        states.put(partition, rows.state(row, 3));
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
   * Whether {@link #advance} with the same arguments is still to come. Until this transaction ends
   * nobody else can move the partitions.
   *
   * @return false where this very commit has been committed before
   * @throws FencedException a partition is at another offset
   */
  public boolean isDue(Connection connection, List<PartitionAdvance> advances, CommitId commit)
      throws SQLException {
    return new OffsetAdvance(rows).isDue(connection, advances, commit);
  }

  /**
   * Sets offsets as an operator asked; see {@link io.lakehousecdc.sink.spi.Target#alterOffsets}.
   * The partitions' present states are locked until the transaction ends.
   */
  public void alter(Connection connection, Map<SourcePartition, Long> offsets) throws SQLException {
    for (Map.Entry<SourcePartition, Long> entry : offsets.entrySet()) {
      SourcePartition partition = entry.getKey();
      Optional<PartitionState> stored = locked(connection, partition);
      Long offset = entry.getValue();
      if (offset == null && stored.isEmpty()) {
        continue;
      }
      PartitionState altered =
          offset == null
              ? PartitionState.FRESH
              : stored.orElse(PartitionState.FRESH).movedTo(offset);
      try (PreparedStatement statement = connection.prepareStatement(rows.insertSql() + MOVE)) {
        int next = OffsetRows.bindState(statement, 1, altered);
        statement.setNull(next++, Types.OTHER);
        rows.bindKey(statement, next, partition);
        statement.executeUpdate();
      }
    }
  }

  private Optional<PartitionState> locked(Connection connection, SourcePartition partition)
      throws SQLException {
    String query = select() + " AND topic = ? AND partition = ? FOR UPDATE";
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      rows.bindKey(statement, 1, partition);
      return states(statement).values().stream().findAny();
    }
  }
}
