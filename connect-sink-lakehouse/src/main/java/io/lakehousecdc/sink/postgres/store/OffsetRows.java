// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.PartitionState;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The rows of the offsets table: their columns, and how keys and states are bound and read.
 *
 * @param table the offsets table
 * @param connector whose rows they are
 */
record OffsetRows(TableId table, String connector) {
  /** Columns of a state, in the order of {@link #bindState} and {@link #state}. */
  static final String COLUMNS =
      "next_offset, epoch, commit_lsn, lsn, snapshot_lsn, completed_snapshot_lsn, latest_commit_us,"
          + " tie_count, first_tie";

  /** Name of the table in SQL. */
  String sql() {
    return qualified(table);
  }

  /** Insert of a state, a commit id and a key; what to do on conflict is left open. */
  String insertSql() {
    return "INSERT INTO "
        + sql()
        + " ("
        + COLUMNS
        + ", commit_id, connector, topic, partition) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        + " ON CONFLICT (connector, topic, partition)";
  }

  /** Binds a state; returns the index of the parameter that follows. */
  static int bindState(PreparedStatement statement, int from, PartitionState state)
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

  /** Binds connector, topic and partition; returns the index of the parameter that follows. */
  int bindKey(PreparedStatement statement, int from, SourcePartition partition)
      throws SQLException {
    statement.setString(from, connector);
    statement.setString(from + 1, partition.topic());
    statement.setInt(from + 2, partition.partition());
    return from + 3;
  }

  /** Reads the state that stands in {@link #COLUMNS} from a column on. */
  static PartitionState state(ResultSet row, int from) throws SQLException {
    return new PartitionState(
        row.getLong(from),
        new Position(row.getInt(from + 1), row.getLong(from + 2), row.getLong(from + 3)),
        row.getLong(from + 4),
        row.getLong(from + 5),
        row.getLong(from + 6),
        new PartitionState.Ties(row.getInt(from + 7), row.getLong(from + 8)));
  }
}
