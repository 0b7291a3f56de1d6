// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * Connections to a server that read alone, one for each thread, and transactions in which all of
 * them see the same rows. Takes no lock but those of reading.
 */
final class ReadSession implements AutoCloseable {
  /** What hashes of rows need; and the first in which a page range is read by itself. */
  private static final int LEAST_VERSION = 13;

  private static final int FIRST_WITH_PAGE_RANGES = 14;

  /** Sums are grouped by hashing: a target that was never analyzed would be sorted on disk. */
  private static final String SETTINGS =
      """
      SELECT set_config(name, value, false) FROM (VALUES
        ('TimeZone', 'UTC'), ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'),
        ('extra_float_digits', '1'), ('bytea_output', 'hex'), ('xmloption', 'content'), ('jit', 'off'),
        ('max_parallel_workers_per_gather', '0'), ('enable_sort', 'off'), ('work_mem', '64MB'),
        ('statement_timeout', '0'),
        ('idle_in_transaction_session_timeout', '0'), ('row_security', 'off'),
        ('default_transaction_read_only', 'on'),
        ('application_name', 'lakehousecdc-reconcile')) AS s (name, value)""";

  private final List<Connection> connections;

  private ReadSession(List<Connection> connections) {
    this.connections = connections;
  }

  /** Opens a connection. */
  @FunctionalInterface
  interface Opening {
    Connection open() throws SQLException;
  }

  /**
   * Connects.
   *
   * @param parallel number of connections
   * @throws SQLException a server cannot be reached, or is too old
   */
  static ReadSession open(Opening opening, int parallel) throws SQLException {
    List<Connection> opened = new java.util.ArrayList<>();
    ReadSession session = new ReadSession(opened);
    try {
      for (int i = 0; i < parallel; i++) {
        Connection connection = opening.open();
        opened.add(connection);
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
          statement.execute(SETTINGS);
        }
      }
      int version = opened.get(0).getMetaData().getDatabaseMajorVersion();
      if (version < LEAST_VERSION) {
        throw new SQLException(
            "The server is PostgreSQL "
                + version
                + "; rows can be compared from version "
                + LEAST_VERSION
                + " on.");
      }
      return session;
    } catch (SQLException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** The connection for short questions. */
  Connection first() {
    return connections.get(0);
  }

  List<Connection> all() {
    return connections;
  }

  boolean readsPageRanges() throws SQLException {
    return first().getMetaData().getDatabaseMajorVersion() >= FIRST_WITH_PAGE_RANGES;
  }

  /** Encoding of the database's texts, in which the server hashes them. */
  String encoding() throws SQLException {
    try (Statement statement = first().createStatement();
        ResultSet row = statement.executeQuery("SELECT current_setting('server_encoding')")) {
      row.next();
      return row.getString(1);
    }
  }

  /**
   * What a transaction sees: all that was committed before a moment.
   *
   * @param lsn LSN up to which everything may be seen, and beyond which nothing is
   * @param micros the server's time, microseconds since 1970
   */
  record Moment(long lsn, long micros) {}

  /** Begins a transaction in each connection, all of which see the same. */
  Moment begin() throws SQLException {
    String snapshot = null;
    Moment moment = null;
    for (Connection connection : connections) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
        if (snapshot != null) {
          statement.execute("SET TRANSACTION SNAPSHOT '" + snapshot + "'");
          continue;
        }
        moment = moment(statement);
        if (connections.size() > 1) {
          try (ResultSet row = statement.executeQuery("SELECT pg_export_snapshot()")) {
            row.next();
            snapshot = row.getString(1);
          }
        }
      }
    }
    return moment;
  }

  /** The LSN is asked for after the rows are fixed, so that all of their commits lie before it. */
  private static Moment moment(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT txid_current_snapshot()")) {
      row.next();
    }
    try (ResultSet row =
        statement.executeQuery(
            """
            SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                ELSE pg_current_wal_insert_lsn() END - '0/0')::int8,
              (extract(epoch FROM clock_timestamp()) * 1000000)::int8""")) {
      row.next();
      return new Moment(row.getLong(1), row.getLong(2));
    }
  }

  /** Cancels the statements that are being executed. For any thread. */
  void cancel() {
    for (Connection connection : connections) {
      try {
        connection.unwrap(PGConnection.class).cancelQuery();
      } catch (SQLException e) {
        // The statement goes on to its end.
      }
    }
  }

  /** Ends the transactions. */
  void end() throws SQLException {
    for (Connection connection : connections) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  /** Names of the tables that hold the rows of a table: itself, or its partitions. */
  List<String> relations(String table) throws SQLException {
    String sql =
        """
        SELECT format('%I.%I', n.nspname, c.relname)
        FROM pg_partition_tree(?::regclass) AS p
          JOIN pg_class c ON c.oid = p.relid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE p.isleaf ORDER BY 1""";
    List<String> names = new java.util.ArrayList<>();
    try (PreparedStatement query = first().prepareStatement(sql)) {
      query.setString(1, table);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          names.add(row.getString(1));
        }
      }
    }
    return names.isEmpty() ? List.of(table) : names;
  }

  @Override
  public void close() {
    for (Connection connection : connections) {
      try {
        connection.close();
      } catch (SQLException e) {
        // It ends with the process.
      }
    }
  }
}
