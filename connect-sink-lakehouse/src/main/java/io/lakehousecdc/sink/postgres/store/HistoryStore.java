// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.sink.change.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The table of histories, one row for each history of a connector; with it the tables that its
 * source feeds. Stateless apart from names.
 */
public final class HistoryStore implements OwnTable {
  private static final String COLUMNS =
      "epoch, source_name, source_db, source_connector, began_us, tables";

  private final TableId table;
  private final String sql;
  private final String connector;

  public HistoryStore(TableId table, String connector) {
    this.table = table;
    this.sql = qualified(table);
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
         (connector text NOT NULL, epoch integer NOT NULL, source_name text NOT NULL,
          source_db text NOT NULL, source_connector text NOT NULL, began_us bigint NOT NULL,
          tables text[] NOT NULL, updated_at timestamptz NOT NULL DEFAULT now(),
          PRIMARY KEY (connector, epoch))""";
  }

  /** What is stored. */
  public Histories read(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(select())) {
      statement.setString(1, connector);
      try (ResultSet rows = statement.executeQuery()) {
        return histories(rows);
      }
    }
  }

  /** What is stored, and stays until the transaction ends: other tasks may read it, too. */
  public Histories readShared(Connection connection) throws SQLException {
    return readLocked(connection, "pg_advisory_xact_lock_shared");
  }

  /** What is stored, for this transaction alone, once all that have read it have ended. */
  public Histories readExclusively(Connection connection) throws SQLException {
    return readLocked(connection, "pg_advisory_xact_lock");
  }

  /** The query is a statement of its own, so that it sees what was committed before the lock. */
  private Histories readLocked(Connection connection, String lock) throws SQLException {
    String query = "SELECT " + lock + "(hashtextextended(?, 5553)); " + select();
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, connector);
      statement.setString(2, connector);
      statement.execute();
      statement.getMoreResults();
      try (ResultSet rows = statement.getResultSet()) {
        return histories(rows);
      }
    }
  }

  private String select() {
    return "SELECT " + COLUMNS + " FROM " + sql + " WHERE connector = ?";
  }

  private static Histories histories(ResultSet row) throws SQLException {
    List<History> all = new ArrayList<>();
    Map<SourceId, Set<String>> tables = new HashMap<>();
    while (row.next()) {
      SourceId source = new SourceId(row.getString(2), row.getString(3), row.getString(4));
      all.add(new History(row.getInt(1), source, row.getLong(5)));
      String[] fed = (String[]) row.getArray(6).getArray();
      if (fed.length > 0) {
        tables.computeIfAbsent(source, each -> new HashSet<>()).addAll(List.of(fed));
      }
    }
    return Histories.of(all, tables);
  }

  /** Writes those that are new or have changed; of none that is stored anything is lost. */
  public void write(Connection connection, Histories histories) throws SQLException {
    String upsert =
        "INSERT INTO "
            + sql
            + " AS h (connector, "
            + COLUMNS
            + ") VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (connector, epoch) DO UPDATE SET ("
            + COLUMNS
            + ", updated_at) = (excluded.epoch, excluded.source_name, excluded.source_db,"
            + " excluded.source_connector, excluded.began_us, excluded.tables, now())"
            + " WHERE (h.source_name, h.source_db, h.source_connector, h.began_us, h.tables)"
            + " IS DISTINCT FROM (excluded.source_name, excluded.source_db,"
            + " excluded.source_connector, excluded.began_us, excluded.tables)";
    try (PreparedStatement statement = connection.prepareStatement(upsert)) {
      for (History each : histories.all()) {
        SourceId source = each.source();
        Object[] tables =
            histories.tables().getOrDefault(source, Set.of()).stream().sorted().toArray();
        statement.setString(1, connector);
        statement.setInt(2, each.epoch());
        statement.setString(3, source.name());
        statement.setString(4, source.database());
        statement.setString(5, source.connector());
        statement.setLong(6, each.beganMicros());
        statement.setArray(7, connection.createArrayOf("text", tables));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }
}
