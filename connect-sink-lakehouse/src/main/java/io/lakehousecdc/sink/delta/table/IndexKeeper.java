// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.delta.snapshot.KeptKeys;
import io.lakehousecdc.sink.delta.snapshot.KeysInKeeping;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keeper of a table's key index: writes it to the worker's disk now and then, on a thread that
 * all tables share, and when the table is closed. What fails is logged and counted; the index is a
 * cache.
 */
final class IndexKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IndexKeeper.class);
  private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** On average; a large index is written the less often. */
  private static final long BYTES_PER_SECOND = 4 << 20;

  /**
   * More takes longer than a worker waits for a task to stop: what was written before has to do.
   */
  private static final long MOST_BYTES_AT_CLOSE = 1L << 30;

  private static final ThreadPoolExecutor BACKGROUND = background();

  private final String location;
  private final TableLock lock;
  private final Supplier<TableState> head;
  private final Optional<KeptKeys> kept;
  private final AtomicBoolean queued = new AtomicBoolean();
  private final AtomicLong failures = new AtomicLong();
  private final LongSupplier nanos;
  private final Executor background;
  private volatile boolean closed;
  private long due;

  /**
   * @param head newest version, or null; asked under the lock
   * @param kept empty where the index is not kept
   */
  IndexKeeper(String location, TableLock lock, Supplier<TableState> head, Optional<KeptKeys> kept) {
    this(location, lock, head, kept, System::nanoTime, BACKGROUND);
  }

  /** With another clock, and other threads. */
  IndexKeeper(
      String location,
      TableLock lock,
      Supplier<TableState> head,
      Optional<KeptKeys> kept,
      LongSupplier nanos,
      Executor background) {
    this.location = location;
    this.lock = lock;
    this.head = head;
    this.kept = kept;
    this.nanos = nanos;
    this.background = background;
    this.due = nanos.getAsLong() + INTERVAL_NANOS;
  }

  /** Number of attempts that failed; for any thread. */
  long failures() {
    return failures.get();
  }

  /** The table has a new version; called under its lock, and returns at once. */
  void committed() {
    long now = nanos.getAsLong();
    if (kept.isPresent() && now - due >= 0 && queued.compareAndSet(false, true)) {
      long pause = head.get().indexSize().bytes() / BYTES_PER_SECOND;
      due = now + Math.max(INTERVAL_NANOS, TimeUnit.SECONDS.toNanos(pause));
      background.execute(
          () -> {
            queued.set(false);
            attempt(() -> closed, Long.MAX_VALUE);
          });
    }
  }

  private void attempt(Supplier<Boolean> cancelled, long mostBytes) {
    if (kept.isEmpty()) {
      return;
    }
    try {
      keep(kept.get(), cancelled, mostBytes);
    } catch (Throwable failure) {
      // Errors, too: nobody else would tell of them, and the table does without.
      failures.incrementAndGet();
      LOG.warn("{}: its key index cannot be kept: {}", location, failure.toString());
    }
  }

  private synchronized void keep(KeptKeys store, Supplier<Boolean> cancelled, long mostBytes)
      throws IOException {
    Optional<KeysInKeeping> begun =
        lock.holding(
            () ->
                head.get() == null || head.get().indexSize().bytes() > mostBytes
                    ? Optional.empty()
                    : store.begin(head.get()));
    if (begun.isEmpty()) {
      return;
    }
    long start = System.nanoTime();
    try (KeysInKeeping keys = begun.get()) {
      while (!cancelled.get() && lock.holding(() -> keys.copyNext(head.get()))) {
        keys.write();
      }
      if (!lock.holding(() -> keys.seal(head.get()))) {
        LOG.debug("{}: its key index was given up, or the task ends", location);
        return;
      }
      keys.publish();
      LOG.debug(
          "{}: kept its key index in {} ms", location, (System.nanoTime() - start) / 1_000_000);
    }
  }

  /** Writes the index a last time, unless it is too large. Not under the table's lock. */
  @Override
  public void close() {
    closed = true;
    attempt(() -> false, MOST_BYTES_AT_CLOSE);
  }

  private static ThreadPoolExecutor background() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "delta-index-keeper");
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }
}
