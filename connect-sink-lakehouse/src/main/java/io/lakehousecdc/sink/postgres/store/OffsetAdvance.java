// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.spi.CommitId;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The step of partitions from one state to the next within a commit, which fences a zombie off: it
 * succeeds only on the state that it builds on.
 */
final class OffsetAdvance {
  private final OffsetRows rows;

  OffsetAdvance(OffsetRows rows) {
    this.rows = rows;
  }

  /** See {@link OffsetStore#advance}. */
  boolean advance(Connection connection, List<PartitionAdvance> advances, CommitId commit)
      throws SQLException {
    List<PartitionAdvance> ordered =
        advances.stream()
            .sorted(
                Comparator.comparing((PartitionAdvance each) -> each.partition().topic())
                    .thenComparing(each -> each.partition().partition()))
            .toList();
    int[] counts = update(connection, ordered, commit.value());
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] != 1 && !insertedFresh(connection, ordered.get(i), commit.value())) {
        requireCommitted(connection, ordered.get(i), commit.value());
        return false;
      }
    }
    return true;
  }

  private int[] update(Connection connection, List<PartitionAdvance> advances, UUID commitId)
      throws SQLException {
    String sql =
        "UPDATE "
            + rows.sql()
            + " SET ("
            + OffsetRows.COLUMNS
            + ", commit_id, tie_count, first_tie, updated_at)"
            + " = (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, now())"
            + " WHERE connector = ? AND topic = ? AND partition = ? AND next_offset = ?"
            + " AND commit_id IS DISTINCT FROM ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (PartitionAdvance advance : advances) {
        int next = OffsetRows.bindState(statement, 1, advance.next());
        statement.setObject(next++, commitId, Types.OTHER);
        next = rows.bindKey(statement, next, advance.partition());
        statement.setLong(next++, base(advance));
        statement.setObject(next, commitId, Types.OTHER);
        statement.addBatch();
      }
      return statement.executeBatch();
    }
  }

  /** A first state, or one that builds on a state that was reset, may have no row yet. */
  private boolean insertedFresh(Connection connection, PartitionAdvance advance, UUID commitId)
      throws SQLException {
    if (base(advance) != 0) {
      return false;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(rows.insertSql() + " DO NOTHING")) {
      int next = OffsetRows.bindState(statement, 1, advance.next());
      statement.setObject(next++, commitId, Types.OTHER);
      rows.bindKey(statement, next, advance.partition());
      return statement.executeUpdate() == 1;
    }
  }

  /** Makes sure that a step which cannot be made was made by this very commit before. */
  private void requireCommitted(Connection connection, PartitionAdvance advance, UUID commitId)
      throws SQLException {
    Optional<Stored> stored = stored(connection, advance, "");
    if (stored.isEmpty() || !commitId.equals(stored.get().commitId())) {
      throw fenced(advance, stored);
    }
  }

  /** See {@link OffsetStore#isDue}. */
  boolean isDue(Connection connection, List<PartitionAdvance> advances, CommitId commit)
      throws SQLException {
    for (PartitionAdvance advance : advances) {
      Optional<Stored> stored = stored(connection, advance, " FOR SHARE");
      if (stored.isPresent() && commit.value().equals(stored.get().commitId())) {
        return false;
      }
      if (stored.map(Stored::nextOffset).orElse(0L) != base(advance)) {
        throw fenced(advance, stored);
      }
    }
    return true;
  }

  /** What the offsets table holds of a partition. */
  private record Stored(long nextOffset, UUID commitId) {}

  private Optional<Stored> stored(Connection connection, PartitionAdvance advance, String lock)
      throws SQLException {
    String query =
        "SELECT next_offset, commit_id FROM "
            + rows.sql()
            + " WHERE connector = ? AND topic = ? AND partition = ?"
            + lock;
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      rows.bindKey(statement, 1, advance.partition());
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(new Stored(row.getLong(1), row.getObject(2, UUID.class)))
            : Optional.empty();
      }
    }
  }

  private FencedException fenced(PartitionAdvance advance, Optional<Stored> stored) {
    return new FencedException(
        "Topic "
            + advance.partition().topic()
            + ", partition "
            + advance.partition().partition()
            + ": this task builds on offset "
            + base(advance)
            + ", but table "
            + rows.table()
            + " holds "
            + stored.map(found -> Long.toString(found.nextOffset())).orElse("none")
            + ". Another task has committed since, or the offsets were altered; this task has to"
            + " read its state anew.");
  }

  /** The offset that a step builds on. */
  private static long base(PartitionAdvance advance) {
    return advance.previous().map(PartitionState::nextOffset).orElse(0L);
  }
}
