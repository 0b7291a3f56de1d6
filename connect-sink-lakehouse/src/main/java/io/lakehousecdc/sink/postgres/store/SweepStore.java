// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.PendingSweep;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of sweeps that wait for partitions of a topic, one row for each table of a connector.
 * Stateless apart from names.
 */
public final class SweepStore {
  private static final Logger LOG = LoggerFactory.getLogger(SweepStore.class);
  private static final String KEY =
      " WHERE connector = ? AND topic = ? AND table_schema = ? AND table_name = ?";

  private final TableId table;
  private final String sql;
  private final String offsets;
  private final String connector;

  /**
   * @param offsets the table of partition states
   */
  public SweepStore(TableId table, TableId offsets, String connector) {
    this.table = table;
    this.sql = qualified(table);
    this.offsets = qualified(offsets);
    this.connector = connector;
  }

  TableId table() {
    return table;
  }

  String createSql() {
    return "CREATE TABLE IF NOT EXISTS "
        + sql
        + """
         (connector text NOT NULL, topic text NOT NULL, table_schema text NOT NULL,
          table_name text NOT NULL, epoch integer NOT NULL, lsn bigint NOT NULL,
          asked_at timestamptz NOT NULL DEFAULT now(),
          PRIMARY KEY (connector, topic, table_schema, table_name))""";
  }

  /**
   * Asks for a sweep, after the states of the commit's partitions were written: remembers it where
   * a partition of the topic is not past the snapshot, and forgets it where all of them are. Tasks
   * ask one after the other until their transactions end: two that ask at once would not see each
   * other's progress, and neither would sweep.
   *
   * @return whether the sweep is to be carried out
   */
  public boolean ask(Connection connection, TableId swept, Sweep sweep) throws SQLException {
    try (PreparedStatement lock =
        connection.prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended(?, 5552))")) {
      lock.setString(1, connector + " " + sweep.topic());
      lock.execute();
    }
    String waitsFor = partitionsBefore(connection, sweep);
    if (waitsFor.isEmpty()) {
      forget(connection, swept, sweep);
    } else {
      remember(connection, swept, sweep);
      LOG.info(
          "Table {}: the snapshot at {} has ended, but partitions {} of {} have not shown that they"
              + " are past it; rows that it did not contain are looked for when they have.",
          swept,
          sweep.below(),
          waitsFor,
          sweep.topic());
    }
    return waitsFor.isEmpty();
  }

  /** Sweeps of the given topics that wait. */
  public Set<PendingSweep> pending(Connection connection, Set<String> topics) throws SQLException {
    String query =
        "SELECT table_schema, table_name, topic, epoch, lsn FROM "
            + sql
            + " WHERE connector = ? AND topic = ANY(?)";
    Set<PendingSweep> pending = new HashSet<>();
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, connector);
      statement.setArray(2, connection.createArrayOf("text", topics.toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          pending.add(
              new PendingSweep(
                  new TableId(row.getString(1), row.getString(2)),
                  row.getString(3),
                  new Position(row.getInt(4), row.getLong(5), 0)));
        }
      }
    }
    return pending;
  }

  /** Numbers of the partitions whose state is not past the snapshot; see PartitionState.isPast. */
  private String partitionsBefore(Connection connection, Sweep sweep) throws SQLException {
    String query =
        "SELECT coalesce(string_agg(partition::text, ', ' ORDER BY partition), '') FROM "
            + offsets
            + " WHERE connector = ? AND topic = ? AND (epoch, commit_lsn, lsn) <= (?, ?, ?)"
            + " AND NOT (epoch = ? AND completed_snapshot_lsn >= ?)";
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, connector);
      statement.setString(2, sweep.topic());
      statement.setInt(3, sweep.below().epoch());
      statement.setLong(4, sweep.below().commitLsn());
      statement.setLong(5, sweep.below().lsn());
      statement.setInt(6, sweep.below().epoch());
      statement.setLong(7, sweep.below().commitLsn());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  private void remember(Connection connection, TableId swept, Sweep sweep) throws SQLException {
    String upsert =
        "INSERT INTO "
            + sql
            + " AS s (connector, topic, table_schema, table_name, epoch, lsn)"
            + " VALUES (?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (connector, topic, table_schema, table_name)"
            + " DO UPDATE SET epoch = excluded.epoch, lsn = excluded.lsn, asked_at = now()"
            + " WHERE (s.epoch, s.lsn) < (excluded.epoch, excluded.lsn)";
    try (PreparedStatement statement = connection.prepareStatement(upsert)) {
      bindKey(statement, swept, sweep);
      statement.setInt(5, sweep.below().epoch());
      statement.setLong(6, sweep.below().commitLsn());
      statement.executeUpdate();
    }
  }

  private void forget(Connection connection, TableId swept, Sweep sweep) throws SQLException {
    String delete = "DELETE FROM " + sql + KEY + " AND (epoch, lsn) <= (?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(delete)) {
      bindKey(statement, swept, sweep);
      statement.setInt(5, sweep.below().epoch());
      statement.setLong(6, sweep.below().commitLsn());
      statement.executeUpdate();
    }
  }

  private void bindKey(PreparedStatement statement, TableId swept, Sweep sweep)
      throws SQLException {
    statement.setString(1, connector);
    statement.setString(2, sweep.topic());
    statement.setString(3, swept.schema());
    statement.setString(4, swept.name());
  }
}
