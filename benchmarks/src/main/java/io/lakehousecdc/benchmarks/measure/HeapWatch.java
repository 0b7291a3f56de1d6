// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.measure;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A watch on the largest heap that a worker's garbage collections have left. */
public final class HeapWatch implements AutoCloseable {
  private static final long PAUSE_NANOS = 250_000_000;

  private final AtomicLong peak = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread thread;

  private HeapWatch(WorkerJmx worker) {
    thread = new Thread(() -> watch(worker), "heap-watch");
    thread.setDaemon(true);
  }

  /** Starts to sample a worker's heap four times a second. */
  public static HeapWatch of(WorkerJmx worker) {
    HeapWatch watch = new HeapWatch(worker);
    watch.thread.start();
    return watch;
  }

  /** The peak so far in megabytes. */
  public long peak() {
    return peak.get();
  }

  /** Stops sampling; the worker may end afterwards. */
  @Override
  public void close() {
    closed.set(true);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch(WorkerJmx worker) {
    while (!closed.get()) {
      peak.accumulateAndGet(worker.heapAfterCollection(), Math::max);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
