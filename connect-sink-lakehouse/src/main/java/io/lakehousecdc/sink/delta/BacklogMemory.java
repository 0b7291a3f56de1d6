// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The heap for batches of tasks that are behind, which all Delta tasks of a worker share evenly.
 * Thread-safe.
 */
final class BacklogMemory {
  /** That of this process. */
  static final BacklogMemory WORKER = new BacklogMemory();

  private final AtomicInteger tasks = new AtomicInteger();

  /** The part of a task; closing it leaves more to the others. */
  final class Share implements AutoCloseable {
    private final long all;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Share(long all) {
      this.all = all;
    }

    /** How much it is at present, in bytes. */
    long bytes() {
      return all / Math.max(1, tasks.get());
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        tasks.decrementAndGet();
      }
    }
  }

  /** An eighth of the heap, in bytes: larger ones cost more in collections than they save. */
  static long usual() {
    return Runtime.getRuntime().maxMemory() / 8;
  }

  /**
   * A share for one more task.
   *
   * @param all what all tasks may take together, by the settings of this one, in bytes
   */
  Share join(long all) {
    tasks.incrementAndGet();
    return new Share(all);
  }
}
