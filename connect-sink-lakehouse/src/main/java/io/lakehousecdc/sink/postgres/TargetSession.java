// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.postgres.catalog.SharedConstraints;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.postgres.store.Bookkeeping;
import io.lakehousecdc.sink.postgres.write.EncodeAhead;
import io.lakehousecdc.sink.postgres.write.TargetTables;
import io.lakehousecdc.sink.spi.TargetContext;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session of a target with what is cached in it: opened by the first transaction, and anew by
 * the next one after it was lost or has come of age. A thread of its own closes one that comes of
 * age while nothing is written. For one thread at a time, but for the gauges, {@link #cancel} and
 * {@link #abort}.
 */
final class TargetSession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TargetSession.class);
  private static final Duration LONGEST_CHECK = Duration.ofMinutes(1);

  private final PostgresSettings settings;
  private final Bookkeeping bookkeeping;
  private final EncodeAhead ahead;
  private final SharedConstraints sharedConstraints;
  private final AtomicLong opened = new AtomicLong();
  private final AtomicLong stagingTables = new AtomicLong();
  private final AtomicLong ddlStatements = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final ScheduledExecutorService ageing;
  private volatile Session session;
  private volatile boolean closed;
  private TargetTables tables;

  @SuppressWarnings("FutureReturnValueIgnored") // The check ends with its thread, and never fails.
  TargetSession(
      PostgresSettings settings,
      Bookkeeping bookkeeping,
      EncodeAhead ahead,
      TargetContext context) {
    this.settings = settings;
    this.bookkeeping = bookkeeping;
    this.ahead = ahead;
    this.sharedConstraints = new SharedConstraints(context.tasks(), LOG::warn);
    String name = "lakehouse-session-" + context.connector() + "-" + context.task();
    this.ageing =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, name);
              made.setDaemon(true);
              return made;
            });
    Duration age = settings.sessionMaxAge();
    if (!age.isZero()) {
      long nanos = age.compareTo(LONGEST_CHECK) < 0 ? age.toNanos() : LONGEST_CHECK.toNanos();
      ageing.scheduleWithFixedDelay(this::closeAged, nanos, nanos, TimeUnit.NANOSECONDS);
    }
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
      long before = opened.get();
      try {
        return transaction(work, result -> true);
      } catch (SQLException e) {
        if (!SqlErrors.isOutdated(e) || opened.get() > before) {
          throw e;
        }
        // Somebody has dropped or changed the sink's own tables: a new session makes them anew.
        discard();
        return transaction(work, result -> true);
      }
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
   * Runs work in a transaction, which is rolled back if it fails. After a failure of the server or
   * of the way to it, the next transaction gets a new connection: this one may lead to a server
   * that has been demoted meanwhile.
   *
   * @param isKept tells by its result whether it is committed; if not, it is rolled back
   */
  <T> T transaction(Work<T> work, Predicate<T> isKept) throws SQLException {
    lock.lock();
    try {
      return transactionAlone(work, isKept);
    } finally {
      lock.unlock();
    }
  }

  private <T> T transactionAlone(Work<T> work, Predicate<T> isKept) throws SQLException {
    open();
    boolean committed = false;
    try {
      session.begin();
      T result = work.run(session, tables);
      if (isKept.test(result)) {
        session.commit();
        tables.committed();
        committed = true;
      }
      return result;
    } catch (SQLException e) {
      if (SqlErrors.needsNewConnection(e)) {
        discard();
      }
      throw e;
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
    lock.lock();
    try {
      return session != null && question.test(tables);
    } finally {
      lock.unlock();
    }
  }

  private void rollBack() {
    if (session == null) {
      return;
    }
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
    if (closed) {
      throw new FatalException("The target is closed");
    }
    if (session != null && session.isAged()) {
      discard();
    }
    if (session != null) {
      return;
    }
    Session fresh = Session.open(settings);
    opened.incrementAndGet();
    session = fresh;
    tables = new TargetTables(fresh, settings, sharedConstraints, ahead);
    try {
      fresh.begin();
      bookkeeping.create(fresh);
    } catch (SQLException | RuntimeException e) {
      discard();
      throw e;
    }
    if (closed) {
      discard();
      throw new FatalException("The target is closed");
    }
  }

  /** Closes the session, if it is open, and forgets what was cached in it. */
  void discard() {
    lock.lock();
    try {
      if (session != null) {
        session.close();
        session = null;
        tables = null;
        stagingTables.set(0);
      }
    } finally {
      lock.unlock();
    }
  }

  private void closeAged() {
    try {
      discardIf(Session::isAged);
    } catch (Throwable failure) {
      // Thrown on, it would end all further checks.
      LOG.warn("The age of a session could not be checked, and will be again", failure);
    }
  }

  /** Closes the session on a condition; false where a transaction is under way. */
  private boolean discardIf(Predicate<Session> condition) {
    if (!lock.tryLock()) {
      return false;
    }
    try {
      if (session != null && condition.test(session)) {
        discard();
      }
      return true;
    } finally {
      lock.unlock();
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

  /** Closes the session for good; a transaction that is under way on another thread fails. */
  @Override
  public void close() {
    closed = true;
    ageing.shutdownNow();
    if (!discardIf(any -> true)) {
      Session used = session;
      if (used != null) {
        used.abort();
      }
    }
  }
}
