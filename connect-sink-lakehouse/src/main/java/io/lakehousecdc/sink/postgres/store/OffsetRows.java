// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.StreamState;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PartitionStateText;
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
  /**
   * Columns of a state, in the order of {@link #bindState} and {@link #state}. The last one tells
   * all; the others show people the stream that was read last, and are what version 0.1 knows.
   */
  static final String COLUMNS =
      "next_offset, epoch, commit_lsn, lsn, snapshot_lsn, completed_snapshot_lsn, latest_commit_us,"
          + " state";

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
        + ", commit_id, connector, topic, partition) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        + " ON CONFLICT (connector, topic, partition)";
  }

  /** Binds a state; returns the index of the parameter that follows. */
  static int bindState(PreparedStatement statement, int from, PartitionState state)
      throws SQLException {
    StreamState latest = state.latest();
    statement.setLong(from, state.nextOffset());
    statement.setInt(from + 1, latest.highWater().epoch());
    statement.setLong(from + 2, latest.highWater().commitLsn());
    statement.setLong(from + 3, latest.highWater().lsn());
    statement.setLong(from + 4, latest.snapshotLsn());
    statement.setLong(from + 5, latest.completedSnapshotLsn());
    statement.setLong(from + 6, latest.latestCommitMicros());
    statement.setString(from + 7, PartitionStateText.of(state));
    return from + 8;
  }

  /** Binds connector, topic and partition; returns the index of the parameter that follows. */
  int bindKey(PreparedStatement statement, int from, SourcePartition partition)
      throws SQLException {
    statement.setString(from, connector);
    statement.setString(from + 1, partition.topic());
    statement.setInt(from + 2, partition.partition());
    return from + 3;
  }

  /**
   * Reads the state that stands in {@link #COLUMNS} from a column on. A text that tells another
   * offset is outdated: version 0.1, or somebody by hand, has written the other columns since.
   */
  PartitionState state(ResultSet row, int from) throws SQLException {
    long nextOffset = row.getLong(from);
    String text = row.getString(from + 7);
    if (text != null) {
      PartitionState state = parsed(text);
      if (state.nextOffset() == nextOffset) {
        return state;
      }
    }
    return new PartitionState(
        nextOffset,
        new Position(row.getInt(from + 1), row.getLong(from + 2), row.getLong(from + 3)),
        row.getLong(from + 4),
        row.getLong(from + 5),
        row.getLong(from + 6));
  }

  private PartitionState parsed(String text) {
    try {
      return PartitionStateText.parse(text);
    } catch (IllegalArgumentException e) {
      throw new FatalException(
          "Column state of table "
              + table
              + " does not hold what this sink wrote. Set it to NULL in that row: the other columns"
              + " then tell how far the partition was read. "
              + e.getMessage(),
          e);
    }
  }
}
