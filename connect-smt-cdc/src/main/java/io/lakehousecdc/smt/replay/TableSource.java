// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.replay;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A dead-letter table in PostgreSQL. The rows of a batch are locked, published and deleted in one
 * transaction; rows that another replayer has locked are skipped. Key and value are published as
 * the table has them, in UTF-8.
 */
final class TableSource implements DeadLetterSource {
  private static final int BATCH = 500;

  private final Connection connection;
  private final String table;
  private final int maxRetries;
  private final List<String> lockedRows = new ArrayList<>();
  private long remaining;

  /**
   * @param connection closed with this source
   * @param table name, with its schema before a dot where it needs one
   * @param maxRetries rows that were replayed this often are left in the table
   */
  TableSource(Connection connection, String table, int maxRetries) {
    this.connection = connection;
    this.table = quoted(table);
    this.maxRetries = maxRetries;
    try {
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      throw failure("open", e);
    }
    this.remaining = count("retries < ?");
  }

  @Override
  public List<DeadLetter> next() {
    List<DeadLetter> letters = new ArrayList<>();
    String oldestFirst =
        "select ctid::text as row_id, topic, partition, \"offset\", key, value, retries from "
            + table
            + " where topic is not null and retries < ?"
            + " order by created_at, \"offset\" limit ? for update skip locked";
    try (PreparedStatement select = connection.prepareStatement(oldestFirst)) {
      select.setInt(1, maxRetries);
      select.setLong(2, Math.min(BATCH, remaining));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          letters.add(letter(rows));
          lockedRows.add(rows.getString("row_id"));
        }
      }
    } catch (SQLException e) {
      throw failure("read", e);
    }
    remaining -= letters.size();
    return letters;
  }

  @Override
  public void commit() {
    String delete = "delete from " + table + " where ctid = any (?::text[]::tid[])";
    try (PreparedStatement statement = connection.prepareStatement(delete)) {
      statement.setArray(1, connection.createArrayOf("text", lockedRows.toArray()));
      statement.executeUpdate();
      connection.commit();
      lockedRows.clear();
    } catch (SQLException e) {
      throw failure("delete from", e);
    }
  }

  @Override
  public long exhausted() {
    return count("retries >= ?");
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failure("close", e);
    }
  }

  private long count(String condition) {
    String sql = "select count(*) from " + table + " where topic is not null and " + condition;
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setInt(1, maxRetries);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    } catch (SQLException e) {
      throw failure("count", e);
    }
  }

  private DeadLetter letter(ResultSet row) throws SQLException {
    int number = row.getInt("partition");
    Optional<Integer> partition = row.wasNull() ? Optional.empty() : Optional.of(number);
    return new DeadLetter(
        "row of " + row.getString("topic") + " offset " + row.getString("offset"),
        Optional.of(row.getString("topic")),
        partition,
        bytes(row.getString("key")),
        bytes(row.getString("value")),
        new RecordHeaders(),
        row.getInt("retries"));
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static String quoted(String name) {
    return Arrays.stream(name.split("\\."))
        .map(part -> '"' + part.replace("\"", "\"\"") + '"')
        .collect(Collectors.joining("."));
  }

  private IllegalStateException failure(String action, SQLException e) {
    return new IllegalStateException(
        "Cannot %s the dead-letter table %s: %s".formatted(action, table, e.getMessage()), e);
  }
}
