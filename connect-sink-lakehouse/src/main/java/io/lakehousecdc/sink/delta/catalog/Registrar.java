// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers tables in a catalogue, on a thread of its own. It is told of each version of a table
 * that anybody sees, and asks the catalogue about the first one, and about each that differs from
 * the one before in what the catalogue is told. So what a crash, or an end, has left undone is done
 * when the table is next opened.
 *
 * <p>Of each table, only what it is like now waits to be registered, so that there are never more
 * entries than tables. What fails is logged, counted and tried again, with growing pauses: of the
 * table alone, or of all of them where the catalogue does not serve anybody.
 *
 * <p>Thread-safe; no method waits for the catalogue.
 */
public final class Registrar implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);

  private final Catalog catalog;
  private final Backoff backoff;
  private final ScheduledThreadPoolExecutor thread;

  /** By location: tables of two roots may have the same name. */
  private final Map<String, Registration> tables = new HashMap<>();

  private final AtomicLong registered = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong pending = new AtomicLong();
  private int outages;
  private long closedToAllUntil;
  private boolean closed;

  /** What is known of one table. Guarded by the registrar. */
  private static final class Registration {
    CatalogTable wanted;

    /** The attempt that is to come, or under way; null where there is nothing to do. */
    Future<?> attempt;

    int failures;
  }

  Registrar(Catalog catalog, Backoff backoff) {
    this.catalog = catalog;
    this.backoff = backoff;
    this.closedToAllUntil = System.nanoTime();
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread made = new Thread(work, "delta-catalog");
              made.setDaemon(true);
              made.setContextClassLoader(Registrar.class.getClassLoader());
              return made;
            });
  }

  /** A table as it is now; returns at once. */
  public synchronized void seen(CatalogTable table) {
    Registration registration =
        tables.computeIfAbsent(table.location(), location -> new Registration());
    if (closed || table.equals(registration.wanted)) {
      return;
    }
    registration.wanted = table;
    registration.failures = 0;
    if (registration.attempt == null) {
      pending.incrementAndGet();
      schedule(registration, 0);
    }
  }

  private void schedule(Registration registration, long nanos) {
    registration.attempt =
        thread.schedule(() -> attempt(registration), nanos, TimeUnit.NANOSECONDS);
  }

  private void attempt(Registration registration) {
    CatalogTable table = due(registration);
    if (table == null) {
      return;
    }
    try {
      Catalog.Outcome outcome = catalog.register(table);
      if (outcome != Catalog.Outcome.UNCHANGED) {
        registered.incrementAndGet();
        LOG.info("The catalogue has table {}: {}", table.id(), outcome);
      }
      done(registration, table);
    } catch (CatalogException e) {
      failed(registration, table, e);
    } catch (Throwable e) {
      // Whatever it is, want of memory included, others are registered, and this one again.
      LOG.warn("Table {} could not be registered in the catalogue", table.id(), e);
      again(registration);
    }
  }

  /** Null where it is not its turn. */
  private synchronized CatalogTable due(Registration registration) {
    if (closed) {
      return null;
    }
    long pause = closedToAllUntil - System.nanoTime();
    if (pause > 0) {
      schedule(registration, pause);
      return null;
    }
    return registration.wanted;
  }

  private synchronized void done(Registration registration, CatalogTable table) {
    outages = 0;
    if (closed) {
      return;
    }
    if (registration.wanted.equals(table)) {
      registration.attempt = null;
      registration.failures = 0;
      pending.decrementAndGet();
    } else {
      schedule(registration, 0);
    }
  }

  private void failed(Registration registration, CatalogTable table, CatalogException failure) {
    synchronized (this) {
      if (closed) {
        return;
      }
      if (failure.kind() == CatalogException.Kind.UNAVAILABLE) {
        outages++;
        closedToAllUntil = System.nanoTime() + backoff.nanos(outages);
      }
    }
    LOG.warn(
        "Table {} could not be registered in the catalogue: {}", table.id(), failure.getMessage());
    if (failure.kind() == CatalogException.Kind.TAKEN) {
      failures.incrementAndGet();
      done(registration, table);
    } else {
      again(registration);
    }
  }

  private synchronized void again(Registration registration) {
    failures.incrementAndGet();
    registration.failures++;
    if (!closed) {
      schedule(registration, backoff.nanos(registration.failures));
    }
  }

  /** Number of tables created or changed in the catalogue so far. */
  public long registered() {
    return registered.get();
  }

  /** Number of attempts that failed so far. */
  public long failures() {
    return failures.get();
  }

  /** Number of tables that the catalogue is yet to be told of. */
  public long pending() {
    return pending.get();
  }

  /** Interrupts what is being asked, and waits for nothing: what is left is for the next start. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    thread.shutdownNow();
    catalog.close();
    if (pending() > 0) {
      LOG.info(
          "{} tables are not registered in the catalogue yet; the next start does it", pending());
    }
  }
}
