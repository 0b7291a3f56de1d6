// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.session;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The test for a pooler that lends a connection another session of the server for every transaction
 * (PgBouncer with {@code pool_mode=transaction}). Staging tables live in a session, and would stay
 * in the pool's. Poolers that lend a session as long as the connection lasts do no harm.
 */
public final class TransactionPooling {
  /** What to do about it. */
  public static final String REFUSAL =
      "postgres.url leads to a connection pooler that lends sessions by transaction or statement"
          + " (PgBouncer, Supavisor or the like). The sink needs sessions of its own, one for each"
          + " task and as long as it runs, so there is nothing to pool: name the server itself, or"
          + " a port or database of the pooler in session mode (PgBouncer: pool_mode=session).";

  private static final Logger LOG = LoggerFactory.getLogger(TransactionPooling.class);
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private TransactionPooling() {}

  /**
   * Whether a connection leads to such a pooler. One that hides well (which tells the client the
   * server's own process number) or that has no session to spare is not recognised here: {@link
   * Session#begin} will.
   *
   * @param connection in auto-commit mode
   */
  public static boolean isBehind(Connection connection, PostgresSettings settings)
      throws SQLException {
    int server = process(connection);
    if (connection.unwrap(PGConnection.class).getBackendPID() == server) {
      return false;
    }
    return sharesSessions(connection, server, settings);
  }

  /**
   * Whether two connections see each other's sessions, or one sees several. The second one asks
   * twice, because a pool may go round, and then holds a session, so that the first gets another.
   */
  private static boolean sharesSessions(
      Connection connection, int first, PostgresSettings settings) {
    Set<Integer> own = new HashSet<>(Set.of(first));
    Set<Integer> others = new HashSet<>();
    try (Connection other = Connections.open(settings, PATIENCE)) {
      others.add(process(other));
      others.add(process(other));
      other.setAutoCommit(false);
      others.add(process(other));
      own.add(process(connection));
      other.rollback();
    } catch (SQLException e) {
      LOG.debug("The pool has no session to spare, or refuses transactions", e);
    }
    return own.size() > 1 || others.size() > 1 || own.stream().anyMatch(others::contains);
  }

  private static int process(Connection connection) throws SQLException {
    try (Statement query = connection.createStatement();
        ResultSet row = query.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    }
  }
}
