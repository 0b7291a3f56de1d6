// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
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
 * The table of remembered truncates and sweeps: of each table and epoch the greatest, for changes
 * that come late. A writer reads it after it has locked the table against them, so that it cannot
 * miss one. Stateless apart from its name.
 */
public final class TruncateStore implements OwnTable {
  private static final String KEY = "table_name, epoch";

  private final TableId table;
  private final String sql;

  public TruncateStore(TableId table) {
    this.table = table;
    this.sql = qualified(table);
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
        + " updated_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY ("
        + KEY
        + "))";
  }

  /** Version 0.1 kept one row for each table, and did not say what made it. */
  @Override
  public Optional<String> upgradeSql(PgTable stored) {
    List<String> changes = new ArrayList<>();
    if (stored.column("kind").isEmpty()) {
      changes.add("ADD COLUMN kind text NOT NULL DEFAULT 'truncate'");
    }
    OwnTable.rekeyed(stored, Set.of("table_name"), KEY).ifPresent(changes::add);
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
        "epoch, commit_lsn, lsn, kind",
        tables,
        (of, row) -> {
          Position at = new Position(row.getInt(2), row.getLong(3), row.getLong(4));
          Floor floor = known.floor(at, cause(row.getString(5)), relation);
          floors.computeIfAbsent(of, each -> new ArrayList<>()).add(floor);
        });
    return floors;
  }

  /** Remembers a truncate or sweep unless a greater one of its epoch is known. */
  public void remember(Connection connection, TableId emptied, Floor floor) throws SQLException {
    String upsert =
        "INSERT INTO "
            + sql
            + " AS t (table_name, epoch, commit_lsn, lsn, kind) VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT (table_name, epoch) DO UPDATE SET commit_lsn = excluded.commit_lsn,"
            + " lsn = excluded.lsn, kind = excluded.kind, updated_at = now()"
            + " WHERE (t.commit_lsn, t.lsn) < (excluded.commit_lsn, excluded.lsn)";
    try (PreparedStatement statement = connection.prepareStatement(upsert)) {
      statement.setString(1, qualified(emptied));
      statement.setInt(2, floor.at().epoch());
      statement.setLong(3, floor.at().commitLsn());
      statement.setLong(4, floor.at().lsn());
      statement.setString(5, kind(floor.cause()));
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
