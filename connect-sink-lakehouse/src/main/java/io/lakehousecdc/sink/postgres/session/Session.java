// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.session;

import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.postgres.catalog.Catalog;
import io.lakehousecdc.sink.postgres.sql.StagingTable;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection set up for writing, with the catalogue that it shows and its staging tables. Holds
 * the connection strongly while a COPY runs. Not thread-safe, but for {@link #cancel} and {@link
 * #abort}.
 */
public final class Session implements AutoCloseable {
  public static final int OLDEST_VERSION = 13;
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /** Whether a text takes as many bytes in the server as in UTF-8, on pages of the usual size. */
  private static final String TELLS_LENGTHS =
      "SELECT (current_setting('server_encoding') = 'UTF8'"
          + " AND current_setting('block_size')::int >= 8192)::int";

  private final Connection connection;
  private final CopyManager copies;
  private final Catalog catalog;
  private final int serverVersion;
  private final long statementTimeoutMillis;
  private final String beginSql;
  private final StagingTables stagings;
  private final SessionAge age;
  private boolean tellsLengths;
  private int stagingsNumbered;

  private Session(Connection connection, PostgresSettings settings) throws SQLException {
    this.connection = connection;
    this.statementTimeoutMillis = settings.statementTimeoutMillis();
    this.copies = connection.unwrap(PGConnection.class).getCopyAPI();
    this.catalog = new Catalog(connection);
    this.serverVersion = connection.getMetaData().getDatabaseMajorVersion();
    this.beginSql = TransactionSettings.sql(settings, (int) number("SELECT pg_backend_pid()"));
    this.tellsLengths = number(TELLS_LENGTHS) == 1;
    this.stagings = new StagingTables(settings.maxStagingTables());
    this.age = new SessionAge(settings.sessionMaxAge(), settings.sessionMaxTransactions());
    connection.setAutoCommit(false);
  }

  /**
   * Connects.
   *
   * @throws FatalException the server is too old, the URL cannot be read, or it leads to a pooler
   *     that has no session for this
   */
  public static Session open(PostgresSettings settings) throws SQLException {
    Connection connection = Connections.open(settings);
    try {
      int version = connection.getMetaData().getDatabaseMajorVersion();
      if (version < OLDEST_VERSION) {
        throw new FatalException(
            "PostgreSQL "
                + version
                + " is too old: version "
                + OLDEST_VERSION
                + " or later is needed.");
      }
      if (TransactionPooling.isBehind(connection, settings)) {
        throw new FatalException(TransactionPooling.REFUSAL);
      }
      return new Session(connection, settings);
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Begins a transaction: the settings that the sink's statements rely on hold in it, and end with
   * it, so that they never reach anybody else. To be called first in every transaction.
   *
   * @throws FatalException the connection leads to another session than before
   */
  public void begin() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(beginSql)) {
      row.next();
      if (row.getString(1) == null) {
        throw new FatalException(TransactionPooling.REFUSAL);
      }
      age.transactions(row.getLong(2));
    }
  }

  /**
   * Whether the session is to make way for a new one: temporary tables hold the database's oldest
   * transaction id back, which PostgreSQL needs to advance, and nothing but their end lets it go.
   */
  public boolean isAged() {
    return age.isReached();
  }

  public Connection connection() {
    return connection;
  }

  public CopyManager copies() {
    return copies;
  }

  public Catalog catalog() {
    return catalog;
  }

  /** Major version of the server. */
  public int serverVersion() {
    return serverVersion;
  }

  /** Runs statements, separated by semicolons, in one round trip. */
  public void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Runs one statement without parameters; returns the number of rows it changed. */
  public long update(String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return statement.executeLargeUpdate();
    }
  }

  /** Runs a query for one number. */
  public long number(String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /** Runs a query for the texts of one row; empty where there is none. */
  public List<String> texts(String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      List<String> texts = new ArrayList<>();
      if (row.next()) {
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          texts.add(row.getString(i));
        }
      }
      return texts;
    }
  }

  /** Runs a statement that gives one column of small numbers; returns the set of them. */
  public BitSet numbers(String sql) throws SQLException {
    BitSet numbers = new BitSet();
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        numbers.set(row.getInt(1));
      }
    }
    return numbers;
  }

  /** Statements that give a number of rows. */
  @FunctionalInterface
  public interface Counting {
    long run() throws SQLException;
  }

  /** Runs statements on most rows of a table, which no index helps to find: they may scan it. */
  public long scanning(Counting statements) throws SQLException {
    return unbounded(
        () -> {
          execute("SET LOCAL enable_seqscan = on");
          long rows = statements.run();
          execute("SET LOCAL enable_seqscan = off");
          return rows;
        });
  }

  /**
   * Runs statements that take as long as a table is large. Neither the statement timeout nor the
   * socket timeout ends them, because a statement that is too long once is too long at every
   * attempt; {@link #cancel} does.
   */
  public long unbounded(Counting statements) throws SQLException {
    int socketTimeout = connection.getNetworkTimeout();
    connection.setNetworkTimeout(Runnable::run, 0);
    try {
      execute("SET LOCAL statement_timeout = 0");
      long rows = statements.run();
      execute("SET LOCAL statement_timeout = " + statementTimeoutMillis);
      return rows;
    } finally {
      if (!connection.isClosed()) {
        connection.setNetworkTimeout(Runnable::run, socketTimeout);
      }
    }
  }

  /**
   * Asks the server to end the statement that another thread is waiting for, which then fails with
   * SQLSTATE 57014. Does nothing between statements. For any thread.
   */
  public void cancel() {
    try {
      connection.unwrap(PGConnection.class).cancelQuery();
    } catch (SQLException e) {
      LOG.debug("The server does not take a cancel request: {}", e.getMessage());
    }
  }

  /** Closes the socket at once: whoever waits for the server fails. For any thread. */
  public void abort() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debug("The connection could not be given up: {}", e.getMessage());
    }
  }

  /** A staging table for a plan; it is created when it is first used. */
  public StagingTable newStaging(TablePlan plan) {
    return new StagingTable(plan, stagingsNumbered++);
  }

  /** Creates the staging table unless this session has it. */
  public void ensureStaging(StagingTable staging) throws SQLException {
    if (!stagings.use(staging)) {
      execute(staging.createSql(serverVersion));
    }
    if (!tellsLengths) {
      makeRoom(staging);
    }
  }

  /** A row was longer than it seemed: from now on, staging tables hold rows of any length. */
  public void distrustLengths() {
    tellsLengths = false;
  }

  /**
   * Whether a staging table that this session has holds a row.
   *
   * @param bytes the row's length at most
   */
  public boolean holds(StagingTable staging, long bytes) {
    return bytes <= StagingTable.MAX_ROW_BYTES || stagings.isRoomy(staging);
  }

  /** Makes a staging table that this session has hold rows of any length. */
  public void makeRoom(StagingTable staging) throws SQLException {
    if (!stagings.isRoomy(staging)) {
      execute(staging.makeRoomSql());
      stagings.madeRoomy(staging);
    }
  }

  /** Number of staging tables; every commit empties each of them, which takes its time. */
  public int stagingTables() {
    return stagings.size();
  }

  /** Commits; staging tables that were used least recently go where there are too many. */
  public void commit() throws SQLException {
    String drop = stagings.dropExcess();
    if (!drop.isEmpty()) {
      execute(drop);
    }
    connection.commit();
    stagings.committed();
  }

  /** Rolls back; whether the connection can be used further. */
  public boolean rollback() {
    stagings.rolledBack();
    try {
      connection.rollback();
      return !connection.isClosed();
    } catch (SQLException e) {
      return false;
    }
  }

  /** Closes the connection; what could not be closed is left to the server to notice. */
  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      return;
    }
  }
}
