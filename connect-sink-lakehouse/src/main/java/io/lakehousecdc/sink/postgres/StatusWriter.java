// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.store.Bookkeeping;
import io.lakehousecdc.sink.postgres.store.StatusStore.Locked;
import io.lakehousecdc.sink.spi.TableStatus;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the status of tables: in a commit's transaction, which it does not fail, or in one of its
 * own. Thread-safe, as far as the sessions are.
 *
 * <p>In a commit it comes last, within a savepoint. Rows that another task is writing are not
 * waited for, and other locks for {@link #PATIENCE_MILLIS}: then the commit goes on without it.
 */
final class StatusWriter {
  private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);
  private static final int PATIENCE_MILLIS = 20;
  private static final int PATIENCE_APART_MILLIS = 2_000;
  private static final int STATEMENT_APART_MILLIS = 5_000;

  private final Bookkeeping bookkeeping;
  private final long lockTimeoutMillis;

  /** Whether there is a table that rows can be written to, as far as is known. */
  private volatile boolean isUsable;

  StatusWriter(PostgresSettings settings, Bookkeeping bookkeeping) {
    this.bookkeeping = bookkeeping;
    this.lockTimeoutMillis = settings.lockTimeoutMillis();
  }

  /**
   * Writes within the transaction of a commit, as the last thing that it does.
   *
   * @return whether it is written
   * @throws SQLException the transaction cannot go on
   */
  boolean writeWithCommit(Session session, List<TableStatus> status) throws SQLException {
    if (status.isEmpty() || !isUsable) {
      return false;
    }
    session.execute("SAVEPOINT cdc_status; SET LOCAL lock_timeout = " + PATIENCE_MILLIS);
    boolean isWritten = false;
    try {
      isWritten = bookkeeping.status().add(session.connection(), status, Locked.SKIP);
    } catch (SQLException | RuntimeException e) { // such as columns that somebody has changed
      isUsable = false;
      LOG.debug("A commit goes on without the status of tables: {}", e.getMessage());
    }
    session.execute(
        isWritten
            ? "SET LOCAL lock_timeout = " + lockTimeoutMillis + "; RELEASE SAVEPOINT cdc_status"
            : "ROLLBACK TO SAVEPOINT cdc_status");
    return isWritten;
  }

  /**
   * Writes in the open transaction, which is for nothing else; makes the table where it is missing.
   */
  void writeApart(Session session, List<TableStatus> status) throws SQLException {
    session.execute(
        "SET LOCAL lock_timeout = "
            + PATIENCE_APART_MILLIS
            + "; SET LOCAL statement_timeout = "
            + STATEMENT_APART_MILLIS);
    if (!isUsable) {
      bookkeeping.createStatus(session);
    }
    if (!status.isEmpty()) {
      bookkeeping.status().add(session.connection(), status, Locked.WAIT);
    }
  }

  /** The transaction of {@link #writeApart} has been committed. */
  void wroteApart() {
    isUsable = true;
  }
}
