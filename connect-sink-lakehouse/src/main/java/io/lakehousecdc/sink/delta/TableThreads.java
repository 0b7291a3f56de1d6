// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.error.TargetException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of a task that do the same to many tables, several at a time: the caller's own and
 * some more, which end when they are idle. Used by one thread at a time.
 */
final class TableThreads implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TableThreads.class);
  private static final int IDLE_SECONDS = 10;
  private static final int TOLD_FAILURES = 10;

  private final int threads;
  private final ThreadPoolExecutor pool;

  /**
   * @param threads how many tables at a time, at least 1
   * @param owner told in the names of the threads
   */
  TableThreads(int threads, String owner) {
    this.threads = threads;
    AtomicInteger number = new AtomicInteger();
    this.pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread =
                  new Thread(work, "delta-tables-" + owner + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
  }

  /**
   * Does something with each table, and returns when none is being worked on any more. Where some
   * fail the others are done all the same.
   *
   * @param work called by any thread
   * @param done told of each result, in the order of the tables, by the calling thread, also where
   *     others fail
   * @throws TargetException the gravest failure; the others are logged, and come again where the
   *     call is made again
   */
  <I, O> void each(Collection<I> tables, Function<I, O> work, Consumer<O> done) {
    Round<I, O> round = new Round<>(List.copyOf(tables), work);
    round.run(Math.min(threads, tables.size()) - 1);
    round.outcomes.stream()
        .filter(outcome -> outcome.failure == null)
        .forEach(outcome -> done.accept(outcome.result));
    round.complain();
  }

  private record Outcome<O>(O result, Throwable failure) {}

  /** One call. */
  private final class Round<I, O> {
    private final List<I> tables;
    private final Function<I, O> work;
    private final List<Outcome<O>> outcomes = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    Round(List<I> tables, Function<I, O> work) {
      this.tables = tables;
      this.work = work;
      tables.forEach(table -> outcomes.add(null));
    }

    void run(int helpers) {
      CountDownLatch working = new CountDownLatch(Math.max(0, helpers));
      List<Helper> all = new ArrayList<>();
      for (int i = 0; i < helpers; i++) {
        Helper helper = new Helper(this::drain, working);
        try {
          pool.execute(helper);
          all.add(helper);
        } catch (OutOfMemoryError | RejectedExecutionException e) {
          LOG.warn("Fewer tables are worked on at a time: {}", e.toString());
          working.countDown();
        }
      }
      drain();
      boolean interrupted = false;
      while (working.getCount() > 0) {
        try {
          working.await();
        } catch (InterruptedException e) {
          interrupted = true;
          all.forEach(Helper::interrupt);
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    private void drain() {
      for (int i = next.getAndIncrement(); i < tables.size(); i = next.getAndIncrement()) {
        Outcome<O> outcome = outcome(tables.get(i));
        synchronized (outcomes) {
          outcomes.set(i, outcome);
        }
      }
    }

    /** A thread that was interrupted begins nothing more. */
    private Outcome<O> outcome(I table) {
      try {
        if (Thread.currentThread().isInterrupted()) {
          throw new RetriableException("Interrupted before all tables had their turn");
        }
        return new Outcome<>(work.apply(table), null);
      } catch (Throwable failure) {
        // Whatever it is, it must reach the caller, and the other tables must have their turn.
        return new Outcome<>(null, failure);
      }
    }

    void complain() {
      List<Throwable> failures =
          outcomes.stream().map(Outcome::failure).filter(Objects::nonNull).toList();
      if (failures.isEmpty()) {
        return;
      }
      Throwable gravest = failures.get(0);
      for (Throwable failure : failures) {
        gravest = gravity(failure) > gravity(gravest) ? failure : gravest;
      }
      int told = 0;
      for (Throwable failure : failures) {
        if (failure != gravest && told++ < TOLD_FAILURES) {
          tell(failure);
        }
      }
      if (told > TOLD_FAILURES) {
        LOG.warn("So have {} more", told - TOLD_FAILURES);
      }
      if (gravest instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) gravest;
    }
  }

  private static void tell(Throwable failure) {
    if (failure instanceof TargetException) {
      LOG.warn("Another table has failed as well: {}", failure.getMessage());
    } else {
      LOG.warn("Another table has failed as well", failure);
    }
  }

  /**
   * Order of failures. That the state is outdated comes first, because it may be the reason of all
   * others; what passes comes last, because it must not keep the rest from being told.
   */
  private static int gravity(Throwable failure) {
    if (failure instanceof Error) {
      return 4;
    }
    if (failure instanceof FencedException) {
      return 3;
    }
    if (failure instanceof FatalException || !(failure instanceof TargetException)) {
      return 2;
    }
    return failure instanceof RecordException ? 1 : 0;
  }

  /** A thread beside the caller's, while it takes part. */
  private static final class Helper implements Runnable {
    private final Runnable work;
    private final CountDownLatch working;
    private Thread thread;
    private boolean interrupted;

    Helper(Runnable work, CountDownLatch working) {
      this.work = work;
      this.working = working;
    }

    @Override
    public void run() {
      begin();
      try {
        work.run();
      } finally {
        end();
        working.countDown();
      }
    }

    private synchronized void begin() {
      thread = Thread.currentThread();
      if (interrupted) {
        thread.interrupt();
      }
    }

    private synchronized void end() {
      thread = null;
      // It belonged to this round, not to the next one of the thread.
      Thread.interrupted();
    }

    synchronized void interrupt() {
      interrupted = true;
      if (thread != null) {
        thread.interrupt();
      }
    }
  }

  @Override
  public void close() {
    pool.shutdown();
  }
}
