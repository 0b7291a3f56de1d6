// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.catalog.TableTraits;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.BelowFloorSql;
import io.lakehousecdc.sink.postgres.sql.KeyRanges;
import io.lakehousecdc.sink.postgres.store.Bookkeeping;
import io.lakehousecdc.sink.postgres.store.SweepWorkStore.Work;
import io.lakehousecdc.sink.postgres.write.Progress;
import io.lakehousecdc.sink.postgres.write.RangeWork;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that sweeps big tables after snapshots, beside the commits, with a session of its own
 * while there is something to do. Thread-safe.
 *
 * <p>A sweep needs no order with the commits that follow the one which decided on it. That commit
 * has stored the snapshot's position, in a transaction that excluded the table's other writers, so
 * nobody writes a row below it any more. Rows below it may be removed by anyone, at any time, in
 * any order; a row that a commit brings to the position or above meanwhile is looked at anew by the
 * delete that waited for it, and stays. The work is stored with that commit, until it is finished:
 * after the end of the process, whoever takes over partitions of the connector does it from its
 * beginning, and finds less. Two tasks that do it at once take turns, range by range.
 */
final class BackgroundSweeps implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundSweeps.class);
  private static final long RETRY_SECONDS = 10;

  /**
   * How many times as large as a table that is swept here a table is whose orphaned rows are
   * reported by a sample of that size.
   */
  private static final int SAMPLE = 16;

  private final String name;
  private final TargetSession session;
  private final PostgresSettings settings;
  private final Bookkeeping bookkeeping;
  private final Progress progress;
  private final AtomicLong orphaned = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Thread thread;
  private boolean woken;
  private volatile boolean closed;
  private volatile FatalException failure;

  /**
   * @param name of the thread
   * @param session of its own; closed with this
   */
  BackgroundSweeps(
      String name,
      TargetSession session,
      PostgresSettings settings,
      Bookkeeping bookkeeping,
      Progress progress) {
    this.name = name;
    this.session = session;
    this.settings = settings;
    this.bookkeeping = bookkeeping;
    this.progress = progress;
  }

  /** There may be work. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
      if (thread == null && !closed) {
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Orphaned rows that were found since the last call. */
  long takeOrphaned() {
    return orphaned.getAndSet(0);
  }

  /** Throws what a sweep has failed with, if that does not pass. */
  void throwFailure() {
    if (failure != null) {
      throw new FatalException(failure.getMessage(), failure);
    }
  }

  @Override
  public void close() {
    Thread running;
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      running = thread;
    } finally {
      lock.unlock();
    }
    try {
      for (int attempt = 0; running != null && running.isAlive(); attempt++) {
        running.interrupt();
        if (attempt < 4) {
          session.cancel();
        } else {
          session.abort();
        }
        running.join(TimeUnit.SECONDS.toMillis(1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    session.close();
  }

  private void run() {
    while (awaitWork()) {
      try {
        boolean left = true;
        while (left && !closed) {
          List<Work> all =
              transaction(
                  "Reading sweeps to be finished",
                  (connected, tables) -> bookkeeping.sweepWork().all(connected.connection()));
          left = !all.isEmpty();
          all.forEach(this::finish);
        }
        session.discard();
      } catch (RetriableException e) {
        retryLater(e);
      } catch (Throwable e) {
        if (closed && e instanceof RuntimeException) {
          break; // The driver, too, does not like to be interrupted.
        }
        // An Error as well: the thread would end unseen, and the sweep be waited for without end.
        failure = new FatalException("A sweep failed. " + e.getMessage(), e);
        LOG.error("A sweep failed", e);
        break;
      }
    }
    session.discard();
  }

  private boolean awaitWork() {
    lock.lock();
    try {
      while (!woken && !closed) {
        changed.awaitUninterruptibly();
      }
      woken = false;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void retryLater(RetriableException reason) {
    session.discard();
    lock.lock();
    try {
      if (!closed) {
        LOG.warn("A sweep failed and is tried again: {}", reason.getMessage());
        woken |= !changed.await(RETRY_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      woken = true; // closed, or else it is tried again
    } finally {
      lock.unlock();
    }
  }

  private void finish(Work work) {
    String place = "Table " + work.of() + ", looking for rows that the snapshot did not contain";
    try (Progress.Work running = progress.begin(place + ", beside the commits")) {
      Optional<Big> big = transaction(place, (connected, tables) -> find(connected, work.of()));
      Found found = Found.NOTHING;
      if (big.isPresent()) {
        found =
            work.mode() == Sweep.Mode.REMOVE
                ? new Found(remove(place, work, big.get(), running), "")
                : report(place, work, big.get());
      }
      boolean first =
          transaction(
              place,
              (connected, tables) -> bookkeeping.sweepWork().finish(connected.connection(), work));
      if (first || work.mode() == Sweep.Mode.REMOVE) {
        tell(work, found);
      }
    }
  }

  private void tell(Work work, Found found) {
    orphaned.addAndGet(found.rows());
    if (found.rows() > 0) {
      LOG.warn(
          "A completed snapshot of {} did not contain {}{} stored rows{}",
          work.of(),
          found.about(),
          found.rows(),
          work.mode() == Sweep.Mode.REMOVE
              ? "; they were removed"
              : ". Set snapshot.sweep=true to have such rows removed");
    }
  }

  /** A table and how it can be worked on. */
  private record Big(PgTable table, TableTraits traits) {}

  /**
   * Orphaned rows.
   *
   * @param about what goes before the number in a sentence
   */
  private record Found(long rows, String about) {
    static final Found NOTHING = new Found(0, "");
  }

  private static Optional<Big> find(Session connected, TableId id) throws SQLException {
    Optional<PgTable> table = connected.catalog().table(id);
    return table.isEmpty()
        ? Optional.empty()
        : Optional.of(new Big(table.get(), TableTraits.read(connected.connection(), table.get())));
  }

  private long remove(String place, Work work, Big big, Progress.Work running) {
    BelowFloorSql sql = new BelowFloorSql(big.table(), settings.tables());
    if (big.traits().key().isEmpty()) {
      // Its key was dropped since the sweep was decided on.
      return transaction(
          place,
          (connected, tables) -> {
            Floor floor = floor(connected, work);
            return connected.scanning(() -> connected.update(sql.remove(floor, Operation.DELETE)));
          });
    }
    Floor[] floor = new Floor[1];
    return new RangeWork(new KeyRanges(big.table(), big.traits().key()), running)
        .run(
            range -> sql.remove(floor[0], Operation.DELETE) + " AND " + range,
            step ->
                transaction(
                    place,
                    (connected, tables) -> {
                      if (!bookkeeping.sweepWork().claim(connected.connection(), work)) {
                        return List.of();
                      }
                      floor[0] = floor(connected, work);
                      return step.run(connected);
                    }));
  }

  /** A table of which a bounded part is read: an estimate, if it is larger than that. */
  private Found report(String place, Work work, Big big) {
    BelowFloorSql sql = new BelowFloorSql(big.table(), settings.tables());
    double percent =
        100.0 * SAMPLE * settings.maintenanceBytes() / Math.max(1, big.traits().bytes());
    boolean whole = percent >= 100;
    long rows =
        transaction(
            place,
            (connected, tables) -> {
              Floor floor = floor(connected, work);
              String query = whole ? sql.count(floor) : sql.countSample(floor, percent);
              return connected.scanning(() -> connected.number(query));
            });
    return whole ? new Found(rows, "") : new Found(Math.round(rows * 100 / percent), "about ");
  }

  /** By what is known of histories now. */
  private Floor floor(Session connected, Work work) throws SQLException {
    return new SharedHistories(bookkeeping.histories(), bookkeeping.offsets())
        .read(connected.connection())
        .floor(work.below(), Floor.Cause.SWEEP, settings.tables().relation())
        .atTime(work.micros());
  }

  private <T> T transaction(String place, TargetSession.Work<T> work) {
    return session.committed(place, work);
  }
}
