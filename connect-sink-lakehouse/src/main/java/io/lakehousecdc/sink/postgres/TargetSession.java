// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.postgres.catalog.SharedConstraints;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.postgres.store.Bookkeeping;
import io.lakehousecdc.sink.postgres.write.EncodeAhead;
import io.lakehousecdc.sink.postgres.write.TargetTables;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session of a target with what is cached in it: opened by the first transaction, and anew by
 * the next one after it was lost. Not thread-safe, but for the gauges, {@link #cancel} and {@link
 * #abort}.
 */
final class TargetSession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TargetSession.class);

  private final PostgresSettings settings;
  private final Bookkeeping bookkeeping;
  private final EncodeAhead ahead;
  private final SharedConstraints sharedConstraints;
  private final AtomicLong opened = new AtomicLong();
  private final AtomicLong stagingTables = new AtomicLong();
  private final AtomicLong ddlStatements = new AtomicLong();
  private TargetTables tables;

  /** Read by other threads, to cancel what it does. */
  private volatile Session session;

  /**
   * @param tasks how many tasks the connector may have
   */
  TargetSession(PostgresSettings settings, Bookkeeping bookkeeping, EncodeAhead ahead, int tasks) {
    this.settings = settings;
    this.bookkeeping = bookkeeping;
    this.ahead = ahead;
    this.sharedConstraints = new SharedConstraints(tasks, LOG::warn);
  }

  /** Work within a transaction. */
  @FunctionalInterface
  interface Work<T> {
    T run(Session session, TargetTables tables) throws SQLException;
  }

  /**
   * Runs work in a transaction.
   *
   * @param place what it does, for messages
   * @throws io.lakehousecdc.sink.error.TargetException it failed and was rolled back
   */
  <T> T run(String place, Work<T> work) {
    try {
      return transaction(work, result -> true);
    } catch (SQLException e) {
      throw SqlErrors.classify(e, place);
    }
  }

  /**
   * As {@link #run}, for work on a table that was read from the catalogue in an earlier
   * transaction.
   *
   * @throws RetriableException also where somebody has changed the table since
   */
  <T> T committed(String place, Work<T> work) {
    try {
      return transaction(work, result -> true);
    } catch (SQLException e) {
      if (SqlErrors.isOutdated(e)) {
        throw new RetriableException(place + ": somebody has changed the table meanwhile.", e);
      }
      throw SqlErrors.classify(e, place);
    }
  }

  /**
   * Runs work in a transaction, which is rolled back if it fails.
   *
   * @param isKept tells by its result whether it is committed; if not, it is rolled back
   */
  <T> T transaction(Work<T> work, Predicate<T> isKept) throws SQLException {
    open();
    boolean committed = false;
    try {
      T result = work.run(session, tables);
      if (isKept.test(result)) {
        session.commit();
        tables.committed();
        committed = true;
      }
      return result;
    } finally {
      if (!committed) {
        rollBack();
      }
      publish();
    }
  }

  /**
   * Whether something holds by what is cached of tables, without a transaction; false where there
   * is no session.
   */
  boolean isKnown(Predicate<TargetTables> question) {
    return session != null && question.test(tables);
  }

  private void rollBack() {
    tables.rolledBack();
    if (!session.rollback()) {
      discard();
    }
  }

  private void publish() {
    if (session != null) {
      stagingTables.set(session.stagingTables());
      ddlStatements.addAndGet(tables.takeDdlStatements());
    }
  }

  private void open() throws SQLException {
    if (session != null) {
      return;
    }
    Session fresh = Session.open(settings);
    opened.incrementAndGet();
    session = fresh;
    tables = new TargetTables(fresh, settings, sharedConstraints, ahead);
    try {
      bookkeeping.create(fresh);
    } catch (SQLException | RuntimeException e) {
      discard();
      throw e;
    }
  }

  /** Closes the session, if it is open, and forgets what was cached in it. */
  void discard() {
    if (session != null) {
      session.close();
      session = null;
      tables = null;
    }
  }

  /** See {@link Session#cancel}; for any thread. */
  void cancel() {
    Session current = session;
    if (current != null) {
      current.cancel();
    }
  }

  /** See {@link Session#abort}; for any thread. */
  void abort() {
    Session current = session;
    if (current != null) {
      current.abort();
    }
  }

  /** Figures by metric name; for any thread. */
  Map<String, LongSupplier> gauges() {
    return Map.of(
        "postgres-connections-opened", opened::get,
        "postgres-staging-tables", stagingTables::get,
        "postgres-ddl-statements", ddlStatements::get);
  }

  @Override
  public void close() {
    discard();
  }
}
