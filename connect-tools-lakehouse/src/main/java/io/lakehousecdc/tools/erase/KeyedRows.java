// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.quote;

import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.tools.erase.RowStates.RowState;
import io.lakehousecdc.tools.removal.KeyText;
import io.lakehousecdc.tools.removal.PostgresKey;
import io.lakehousecdc.tools.removal.StoredPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The rows of a key in a table in PostgreSQL, with what their metadata columns say. */
final class KeyedRows {
  private final PgTable table;
  private final TableOptions options;
  private final KeyText key;

  KeyedRows(PgTable table, TableOptions options, KeyText key) {
    this.table = table;
    this.options = options;
    this.key = key;
  }

  /**
   * A row's place, which holds as long as it is locked.
   *
   * @param partition OID of the partition
   * @param tuple its {@code ctid} there
   */
  record Tuple(String partition, String tuple) {}

  /** Reads them. */
  Map<Tuple, RowState> read(Connection connection) throws SQLException {
    return read(connection, "");
  }

  /** Reads them, and keeps others from changing them until the transaction ends. */
  Map<Tuple, RowState> lock(Connection connection) throws SQLException {
    return read(connection, " FOR UPDATE");
  }

  private Map<Tuple, RowState> read(Connection connection, String locking) throws SQLException {
    MetadataColumns names = options.metadata();
    PostgresKey condition = new PostgresKey(key);
    String sql =
        "SELECT tableoid::text, ctid::text, "
            + flag(Optional.of(names.deleted()))
            + ", "
            + flag(options.history().map(HistoryOptions::columns).map(own -> own.current()))
            + ", "
            + number(names.epoch())
            + ", "
            + number(names.commitLsn())
            + ", "
            + number(names.lsn())
            + " FROM "
            + table.sql()
            + " WHERE "
            + condition.condition()
            + locking;
    Map<Tuple, RowState> rows = new LinkedHashMap<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      condition.set(query, 1);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          rows.put(
              new Tuple(row.getString(1), row.getString(2)),
              new RowState(
                  row.getBoolean(3),
                  row.getBoolean(4),
                  StoredPosition.of(row.getObject(5), row.getObject(6), row.getObject(7))));
        }
      }
    }
    return rows;
  }

  private String flag(Optional<String> column) {
    return column
        .filter(name -> table.column(name).isPresent())
        .map(name -> "coalesce(" + quote(name) + ", false)")
        .orElse("false");
  }

  private String number(String column) {
    return table.column(column).isPresent() ? quote(column) + "::int8" : "NULL::int8";
  }

  /** Deletes rows that are locked. */
  void delete(Connection connection, Iterable<Tuple> tuples) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "DELETE FROM "
                + table.sql()
                + " WHERE ctid = ?::text::tid AND tableoid = ?::text::oid")) {
      for (Tuple each : tuples) {
        statement.setString(1, each.tuple());
        statement.setString(2, each.partition());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }
}
