// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The table of remembered truncates and sweeps, for changes that come late: of each table and epoch
 * the greatest, or all where a table holds versions. A writer reads it after it has locked the
 * table against them, so that it cannot miss one. Stateless apart from its name.
 */
public final class TruncateStore implements OwnTable {
  private static final String KEY = "table_name, epoch, commit_lsn, lsn";

  private final TableId table;
  private final String sql;
  private final WriteMode mode;

  public TruncateStore(TableId table, WriteMode mode) {
    this.table = table;
    this.sql = qualified(table);
    this.mode = mode;
  }

  @Override
  public TableId table() {
    return table;
  }

  @Override
  public String createSql() {
    return "CREATE TABLE IF NOT EXISTS "
        + sql
        + " (table_name text NOT NULL, epoch integer NOT NULL, commit_lsn bigint NOT NULL,"
        + " lsn bigint NOT NULL, kind text NOT NULL DEFAULT 'truncate',"
        + " at_micros bigint NOT NULL DEFAULT 0,"
        + " updated_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY ("
        + KEY
        + "))";
  }

  /** Version 0.1 kept one row for each table, and did not say what made it and when. */
  @Override
  public Optional<String> upgradeSql(PgTable stored) {
    List<String> changes = new ArrayList<>();
    if (stored.column("kind").isEmpty()) {
      changes.add("ADD COLUMN kind text NOT NULL DEFAULT 'truncate'");
    }
    if (stored.column("at_micros").isEmpty()) {
      changes.add("ADD COLUMN at_micros bigint NOT NULL DEFAULT 0");
    }
    OwnTable.rekeyed(stored, Set.of("table_name"), KEY)
        .or(() -> OwnTable.rekeyed(stored, Set.of("table_name", "epoch"), KEY))
        .ifPresent(changes::add);
    return changes.isEmpty()
        ? Optional.empty()
        : Optional.of("ALTER TABLE " + sql + " " + String.join(", ", changes));
  }

  /**
   * What makes changes of the given tables void, as it is by what is known of histories now; tables
   * without are left out.
   *
   * @param locks statements that lock the tables, each ended by a semicolon
   * @param relation how sources that feed a table are related
   */
  public Map<TableId, List<Floor>> readLocked(
      String locks,
      Connection connection,
      Collection<TableId> tables,
      Histories known,
      SourceRelation relation)
      throws SQLException {
    Map<TableId, List<Floor>> floors = new HashMap<>();
    TableRows.readAfter(
        locks,
        connection,
        sql,
        "epoch, commit_lsn, lsn, kind, at_micros",
        tables,
        (of, row) -> {
          Position at = new Position(row.getInt(2), row.getLong(3), row.getLong(4));
          Floor floor = known.floor(at, cause(row.getString(5)), relation).atTime(row.getLong(6));
          floors.computeIfAbsent(of, each -> new ArrayList<>()).add(floor);
        });
    return floors;
  }

  /**
   * Remembers a truncate or sweep: in place of lower ones of its epoch or, for tables of versions,
   * beside them, of which the lowest are forgotten where they are many.
   */
  public void remember(Connection connection, TableId emptied, Floor floor) throws SQLException {
    int kept = mode == WriteMode.HISTORY ? Floor.MOST_REMEMBERED : 1;
    add(connection, emptied, floor);
    String forget =
        "DELETE FROM "
            + sql
            + " WHERE table_name = ? AND epoch = ? AND (commit_lsn, lsn) IN (SELECT commit_lsn, lsn"
            + " FROM "
            + sql
            + " WHERE table_name = ? AND epoch = ? ORDER BY commit_lsn DESC, lsn DESC OFFSET "
            + kept
            + ")";
    try (PreparedStatement statement = connection.prepareStatement(forget)) {
      for (int i = 0; i < 2; i++) {
        statement.setString(2 * i + 1, qualified(emptied));
        statement.setInt(2 * i + 2, floor.at().epoch());
      }
      statement.executeUpdate();
    }
  }

  private void add(Connection connection, TableId emptied, Floor floor) throws SQLException {
    String insert =
        "INSERT INTO "
            + sql
            + " ("
            + KEY
            + ", kind, at_micros) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      statement.setString(1, qualified(emptied));
      statement.setInt(2, floor.at().epoch());
      statement.setLong(3, floor.at().commitLsn());
      statement.setLong(4, floor.at().lsn());
      statement.setString(5, kind(floor.cause()));
      statement.setLong(6, floor.atMicros());
      statement.executeUpdate();
    }
  }

  private static String kind(Floor.Cause cause) {
    return cause == Floor.Cause.SWEEP ? "sweep" : "truncate";
  }

  private static Floor.Cause cause(String kind) {
    return kind.equals("sweep") ? Floor.Cause.SWEEP : Floor.Cause.TRUNCATE;
  }
}
