// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The table of sweeps of big tables that are decided on, by a commit that stored it here, and not
 * finished. Stateless apart from its name.
 */
public final class SweepWorkStore implements OwnTable {
  private static final String KEY = "connector, table_schema, table_name, mode, epoch";
  private static final String OF_WORK =
      " WHERE connector = ? AND table_schema = ? AND table_name = ? AND mode = ? AND epoch = ?"
          + " AND lsn = ?";

  private final TableId table;
  private final String sql;
  private final String connector;

  public SweepWorkStore(TableId table, String connector) {
    this.table = table;
    this.sql = qualified(table);
    this.connector = connector;
  }

  /**
   * A sweep to be finished.
   *
   * @param of the table, as it is stored
   * @param mode what to do with the rows
   * @param below position of the snapshot
   * @param micros time of the snapshot, microseconds since the epoch; 0 where not known
   */
  public record Work(TableId of, Sweep.Mode mode, Position below, long micros) {}

  @Override
  public TableId table() {
    return table;
  }

  @Override
  public String createSql() {
    return "CREATE TABLE IF NOT EXISTS "
        + sql
        + """
         (connector text NOT NULL, table_schema text NOT NULL, table_name text NOT NULL,
          mode text NOT NULL, epoch integer NOT NULL, lsn bigint NOT NULL,
          snapshot_micros bigint NOT NULL DEFAULT 0,
          decided_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY ("""
        + KEY
        + "))";
  }

  /** Version 0.1 kept no time. */
  @Override
  public Optional<String> upgradeSql(PgTable stored) {
    return stored.column("snapshot_micros").isPresent()
        ? Optional.empty()
        : Optional.of(
            "ALTER TABLE " + sql + " ADD COLUMN snapshot_micros bigint NOT NULL DEFAULT 0");
  }

  /** Stores work, in place of that of an earlier snapshot of the same history. */
  public void add(Connection connection, Work work) throws SQLException {
    String upsert =
        "INSERT INTO "
            + sql
            + " AS w ("
            + KEY
            + ", lsn, snapshot_micros) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT ("
            + KEY
            + ") DO UPDATE SET lsn = excluded.lsn, snapshot_micros = excluded.snapshot_micros,"
            + " decided_at = now() WHERE w.lsn < excluded.lsn";
    try (PreparedStatement statement = connection.prepareStatement(upsert)) {
      bind(statement, work);
      statement.setLong(7, work.micros());
      statement.executeUpdate();
    }
  }

  /** All work of the connector. */
  public List<Work> all(Connection connection) throws SQLException {
    String query =
        "SELECT table_schema, table_name, mode, epoch, lsn, snapshot_micros FROM "
            + sql
            + " WHERE connector = ? ORDER BY decided_at";
    List<Work> all = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, connector);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          all.add(
              new Work(
                  new TableId(row.getString(1), row.getString(2)),
                  Sweep.Mode.valueOf(row.getString(3).toUpperCase(Locale.ROOT)),
                  new Position(row.getInt(4), row.getLong(5), 0),
                  row.getLong(6)));
        }
      }
    }
    return all;
  }

  /**
   * Whether work is still to be finished. Where it is, other tasks wait until the transaction ends.
   */
  public boolean claim(Connection connection, Work work) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT 1 FROM " + sql + OF_WORK + " FOR UPDATE")) {
      bind(statement, work);
      return statement.executeQuery().next();
    }
  }

  /** Forgets work that is finished; whether it had been there. */
  public boolean finish(Connection connection, Work work) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM " + sql + OF_WORK)) {
      bind(statement, work);
      return statement.executeUpdate() > 0;
    }
  }

  private void bind(PreparedStatement statement, Work work) throws SQLException {
    statement.setString(1, connector);
    statement.setString(2, work.of().schema());
    statement.setString(3, work.of().name());
    statement.setString(4, work.mode().name().toLowerCase(Locale.ROOT));
    statement.setInt(5, work.below().epoch());
    statement.setLong(6, work.below().commitLsn());
  }
}
