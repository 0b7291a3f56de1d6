// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.spi.PendingSweep;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of sweeps that wait for partitions of a topic, one row for each table and epoch of a
 * connector: the latest snapshot of that history. Stateless apart from names.
 */
public final class SweepStore implements OwnTable {
  private static final Logger LOG = LoggerFactory.getLogger(SweepStore.class);
  private static final String KEY = "connector, topic, table_schema, table_name, epoch";
  private static final String OF_TABLE =
      " WHERE connector = ? AND topic = ? AND table_schema = ? AND table_name = ?";

  private final TableId table;
  private final String sql;
  private final OffsetStore offsets;
  private final String connector;

  /**
   * @param offsets states of the partitions that a sweep waits for
   */
  public SweepStore(TableId table, OffsetStore offsets, String connector) {
    this.table = table;
    this.sql = qualified(table);
    this.offsets = offsets;
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
         (connector text NOT NULL, topic text NOT NULL, table_schema text NOT NULL,
          table_name text NOT NULL, epoch integer NOT NULL, lsn bigint NOT NULL,
          snapshot_micros bigint NOT NULL DEFAULT 0,
          asked_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY ("""
        + KEY
        + "))";
  }

  /** Version 0.1 kept one row for each table, and no time. */
  @Override
  public Optional<String> upgradeSql(PgTable stored) {
    List<String> changes = new ArrayList<>();
    if (stored.column("snapshot_micros").isEmpty()) {
      changes.add("ADD COLUMN snapshot_micros bigint NOT NULL DEFAULT 0");
    }
    OwnTable.rekeyed(stored, Set.of("connector", "topic", "table_schema", "table_name"), KEY)
        .ifPresent(changes::add);
    return changes.isEmpty()
        ? Optional.empty()
        : Optional.of("ALTER TABLE " + sql + " " + String.join(", ", changes));
  }

  /**
   * Asks for a sweep, after the states of the commit's partitions were written: remembers it where
   * a partition of the topic is not past the snapshot, and forgets it where all of them are. Tasks
   * ask one after the other until their transactions end: two that ask at once would not see each
   * other's progress, and neither would sweep.
   *
   * @param known histories of the commit; they tell whose snapshot it is
   * @return whether the sweep is to be carried out
   */
  public boolean ask(Connection connection, TableId swept, Sweep sweep, Histories known)
      throws SQLException {
    try (PreparedStatement lock =
        connection.prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended(?, 5552))")) {
      lock.setString(1, connector + " " + sweep.topic());
      lock.execute();
    }
    String waitsFor = partitionsBefore(connection, sweep, known);
    forget(connection, swept, sweep);
    if (!waitsFor.isEmpty()) {
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
        "SELECT table_schema, table_name, topic, epoch, lsn, snapshot_micros FROM "
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
                  new Position(row.getInt(4), row.getLong(5), 0),
                  row.getLong(6)));
        }
      }
    }
    return pending;
  }

  /** Numbers of the partitions whose state is not past the snapshot. */
  private String partitionsBefore(Connection connection, Sweep sweep, Histories known)
      throws SQLException {
    return offsets.states(connection, Set.of(sweep.topic())).entrySet().stream()
        .filter(entry -> !entry.getValue().isPast(sweep.below(), known))
        .map(entry -> entry.getKey().partition())
        .sorted()
        .map(String::valueOf)
        .collect(Collectors.joining(", "));
  }

  private void remember(Connection connection, TableId swept, Sweep sweep) throws SQLException {
    String upsert =
        "INSERT INTO "
            + sql
            + " AS s ("
            + KEY
            + ", lsn, snapshot_micros) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT ("
            + KEY
            + ") DO UPDATE SET lsn = excluded.lsn, snapshot_micros = excluded.snapshot_micros,"
            + " asked_at = now() WHERE s.lsn < excluded.lsn";
    try (PreparedStatement statement = connection.prepareStatement(upsert)) {
      bindKey(statement, swept, sweep);
      statement.setInt(5, sweep.below().epoch());
      statement.setLong(6, sweep.below().commitLsn());
      statement.setLong(7, sweep.floor().atMicros());
      statement.executeUpdate();
    }
  }

  /** Forgets what waits for the same rows: earlier snapshots of this history and of older ones. */
  private void forget(Connection connection, TableId swept, Sweep sweep) throws SQLException {
    List<Integer> older = new ArrayList<>(sweep.floor().earlierEpochs());
    older.addAll(sweep.floor().replacedEpochs());
    String delete =
        "DELETE FROM " + sql + OF_TABLE + " AND (epoch = ? AND lsn <= ? OR epoch = ANY(?))";
    try (PreparedStatement statement = connection.prepareStatement(delete)) {
      bindKey(statement, swept, sweep);
      statement.setInt(5, sweep.below().epoch());
      statement.setLong(6, sweep.below().commitLsn());
      statement.setArray(7, connection.createArrayOf("integer", older.toArray()));
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
