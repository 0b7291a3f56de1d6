// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.spi.StatusRow;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.TableStatus.Key;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The table of the status of tables, a {@link StatusRow} each. Stateless apart from names. */
public final class StatusStore implements OwnTable {
  private static final int KEY_COLUMNS = StatusRow.SCHEMA.keyColumns().size();
  private static final String KEY =
      StatusRow.SCHEMA.columns().stream()
          .limit(KEY_COLUMNS)
          .map(Column::name)
          .collect(Collectors.joining(", "));

  /** So that tasks which write the same rows do not wait for each other crosswise. */
  private static final Comparator<TableStatus> ORDER =
      Comparator.comparing((TableStatus status) -> status.key().topic())
          .thenComparing(status -> status.key().table().toString());

  private final TableId table;
  private final String sql;
  private final String connector;

  /** What is done about rows that another transaction is writing. */
  public enum Locked {
    WAIT(""),
    SKIP(" SKIP LOCKED");

    private final String clause;

    Locked(String clause) {
      this.clause = clause;
    }
  }

  public StatusStore(TableId table, String connector) {
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
        + StatusRow.SCHEMA.columns().stream()
            .map(StatusStore::definition)
            .collect(Collectors.joining(", ", " (", ", PRIMARY KEY (" + KEY + "))"))
        + " WITH (fillfactor = 50)";
  }

  /** Columns that a later version knows. */
  @Override
  public Optional<String> upgradeSql(PgTable stored) {
    List<String> missing =
        StatusRow.SCHEMA.columns().stream()
            .filter(column -> stored.column(column.name()).isEmpty())
            .map(column -> "ADD COLUMN " + definition(column))
            .toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("ALTER TABLE " + sql + " " + String.join(", ", missing));
  }

  private static String definition(Column column) {
    String type =
        switch ((Primitive) column.type()) {
          case TEXT -> "text";
          case INT32 -> "integer";
          case INT64 -> "bigint";
          case BOOLEAN -> "boolean";
          case TIMESTAMPTZ -> "timestamptz";
          default -> throw new IllegalStateException("No column of type " + column.type());
        };
    return column.name() + " " + type + (column.optional() ? "" : " NOT NULL");
  }

  /** What is stored of the connector. */
  public List<TableStatus> read(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT * FROM " + sql + " WHERE connector = ?")) {
      statement.setString(1, connector);
      return read(statement);
    }
  }

  /**
   * Adds to what is stored, in the open transaction.
   *
   * @return whether it has; not where a row was locked that was not to be waited for
   */
  public boolean add(Connection connection, List<TableStatus> added, Locked locked)
      throws SQLException {
    List<TableStatus> sorted = added.stream().sorted(ORDER).toList();
    Map<Key, TableStatus> stored = lock(connection, sorted, locked);
    List<TableStatus> missing =
        sorted.stream().filter(each -> !stored.containsKey(each.key())).toList();
    if (!missing.isEmpty()) {
      insert(connection, missing);
      stored.putAll(lock(connection, missing, locked));
    }
    if (stored.size() < sorted.size()) {
      return false;
    }
    update(connection, sorted.stream().map(each -> stored.get(each.key()).plus(each)).toList());
    return true;
  }

  private Map<Key, TableStatus> lock(Connection connection, List<TableStatus> wanted, Locked locked)
      throws SQLException {
    String query =
        "SELECT * FROM "
            + sql
            + " WHERE connector = ? AND (topic, table_schema, table_name) IN"
            + " (SELECT * FROM unnest(?, ?, ?)) ORDER BY "
            + KEY
            + " FOR UPDATE"
            + locked.clause;
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, connector);
      statement.setArray(2, texts(connection, wanted, each -> each.key().topic()));
      statement.setArray(3, texts(connection, wanted, each -> each.key().table().schema()));
      statement.setArray(4, texts(connection, wanted, each -> each.key().table().name()));
      Map<Key, TableStatus> found = new HashMap<>();
      read(statement).forEach(each -> found.put(each.key(), each));
      return found;
    }
  }

  private static Array texts(
      Connection connection, List<TableStatus> statuses, Function<TableStatus, String> text)
      throws SQLException {
    return connection.createArrayOf("text", statuses.stream().map(text).toArray());
  }

  /** Rows of nothing, so that there are rows to lock. */
  private void insert(Connection connection, List<TableStatus> missing) throws SQLException {
    String insert =
        "INSERT INTO " + sql + " (" + KEY + ") VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      for (TableStatus each : missing) {
        statement.setString(1, connector);
        statement.setString(2, each.key().topic());
        statement.setString(3, each.key().table().schema());
        statement.setString(4, each.key().table().name());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private void update(Connection connection, List<TableStatus> statuses) throws SQLException {
    List<Column> columns = StatusRow.SCHEMA.columns();
    List<Column> values = columns.subList(KEY_COLUMNS, columns.size());
    String update =
        "UPDATE "
            + sql
            + values.stream()
                .map(column -> column.name() + " = ?")
                .collect(Collectors.joining(", ", " SET ", ""))
            + " WHERE connector = ? AND topic = ? AND table_schema = ? AND table_name = ?";
    long now = System.currentTimeMillis() * 1_000;
    try (PreparedStatement statement = connection.prepareStatement(update)) {
      for (TableStatus each : statuses) {
        Object[] cells = StatusRow.cells(connector, each, now);
        for (int i = 0; i < cells.length; i++) {
          int at = i < KEY_COLUMNS ? values.size() + i + 1 : i - KEY_COLUMNS + 1;
          bind(statement, at, columns.get(i), cells[i]);
        }
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static void bind(PreparedStatement statement, int at, Column column, Object cell)
      throws SQLException {
    switch ((Primitive) column.type()) {
      case TIMESTAMPTZ ->
          statement.setObject(
              at, cell == null ? null : time((long) cell), Types.TIMESTAMP_WITH_TIMEZONE);
      case INT32 -> statement.setObject(at, cell, Types.INTEGER);
      case INT64 -> statement.setObject(at, cell, Types.BIGINT);
      case BOOLEAN -> statement.setObject(at, cell, Types.BOOLEAN);
      default -> statement.setString(at, (String) cell);
    }
  }

  private static OffsetDateTime time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }

  /** Columns that this version does not know are left alone, those that are missing empty. */
  private static List<TableStatus> read(PreparedStatement query) throws SQLException {
    List<TableStatus> statuses = new ArrayList<>();
    try (ResultSet row = query.executeQuery()) {
      while (row.next()) {
        Map<String, Object> cells = new HashMap<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          cells.put(row.getMetaData().getColumnName(i), cell(row, i));
        }
        statuses.add(StatusRow.status(cells::get));
      }
    }
    return statuses;
  }

  private static Object cell(ResultSet row, int column) throws SQLException {
    if (!row.getMetaData().getColumnTypeName(column).equals("timestamptz")) {
      return row.getObject(column);
    }
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null
        ? null
        : (Object) ChronoUnit.MICROS.between(Instant.EPOCH, time.toInstant());
  }
}
