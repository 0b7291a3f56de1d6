// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.removal;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.postgres.catalog.Catalog;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.session.Connections;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.spi.TargetSettings;
import io.lakehousecdc.tools.UsageException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * A connection to the warehouse for short transactions of a command. Errors never quote values,
 * which those of the server do. For one thread at a time.
 */
public final class PostgresAccess implements AutoCloseable {
  /** The sink takes turns with whoever is in its way, and so does this. */
  private static final int ATTEMPTS = 5;

  private static final String PATIENCE = "SET LOCAL lock_timeout = '10s'";

  private final Connection connection;
  private final PostgresSettings settings;

  private PostgresAccess(Connection connection, PostgresSettings settings) {
    this.connection = connection;
    this.settings = settings;
  }

  /**
   * Connects with the settings of a sink.
   *
   * @throws SQLException the server cannot be reached
   */
  public static PostgresAccess open(TargetSettings settings) throws SQLException {
    PostgresSettings own = new PostgresSettings(settings);
    Connection connection = Connections.open(own);
    // Keys of logs and versions need not be indexed: a search takes as long as the table is large.
    connection.setNetworkTimeout(Runnable::run, 0);
    return new PostgresAccess(connection, own);
  }

  public Connection connection() {
    return connection;
  }

  public PostgresSettings settings() {
    return settings;
  }

  /** A table, its schema filled in; empty where there is none. */
  public Optional<PgTable> table(TableId table) throws SQLException {
    return new Catalog(connection).table(settings.resolved(table));
  }

  /**
   * A table that has the columns of a key.
   *
   * @throws UsageException there is none, or it lacks one of them
   */
  public PgTable table(TableId id, KeyText key) throws SQLException {
    PgTable table =
        table(id).orElseThrow(() -> new UsageException("The warehouse has no table " + id + "."));
    for (String name : key.names()) {
      if (table.column(name).isEmpty()) {
        throw new UsageException("Table " + id + " has no column " + name + ".");
      }
    }
    return table;
  }

  /** Statements of one transaction. */
  @FunctionalInterface
  public interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  /**
   * Runs a transaction, again where another session was in its way.
   *
   * @param place what is being done, for messages
   * @throws UsageException a text is no value of its column
   * @throws TargetException the server failed
   */
  public <T> T transaction(String place, Work<T> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return once(work);
      } catch (SQLException e) {
        TargetException failure = SqlErrors.classify(e, place);
        if (failure instanceof RecordException) {
          throw new UsageException(
              place + ": a text that was given is no value of its column's type.");
        }
        if (!(failure instanceof RetriableException) || attempt == ATTEMPTS || isClosed()) {
          throw failure;
        }
      }
    }
  }

  private <T> T once(Work<T> work) throws SQLException {
    connection.setAutoCommit(false);
    boolean committed = false;
    try {
      try (Statement statement = connection.createStatement()) {
        statement.execute(PATIENCE);
      }
      T result = work.run(connection);
      connection.commit();
      committed = true;
      return result;
    } finally {
      if (!committed && !connection.isClosed()) {
        connection.rollback();
      }
      if (!connection.isClosed()) {
        connection.setAutoCommit(true);
      }
    }
  }

  private boolean isClosed() {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      return true;
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
