// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The heap that pieces of remote files may take, over all stores, tables and tasks of a worker. It
 * is granted at once or not at all: whoever gets none reads with less. Thread-safe.
 */
final class ReadMemory {
  private static final int HEAP_SHARE = 16;
  private static final long LEAST = 16 << 20;
  private static final long MOST = 256 << 20;

  /** That of this process. */
  static final ReadMemory WORKER =
      new ReadMemory(
          Math.max(LEAST, Math.min(MOST, Runtime.getRuntime().maxMemory() / HEAP_SHARE)));

  private final long limit;
  private final AtomicLong taken = new AtomicLong();

  /**
   * @param limit bytes that may be taken together
   */
  ReadMemory(long limit) {
    this.limit = limit;
  }

  /** Whether the bytes were granted; then they are to be given back. */
  boolean take(long bytes) {
    return takeBelow(limit, bytes);
  }

  /** The same, for what can wait: leaves half of all to others. */
  boolean takeOfHalf(long bytes) {
    return takeBelow(limit / 2, bytes);
  }

  /** Whether so much is never granted to what can wait. */
  boolean isMoreThanHalf(long bytes) {
    return bytes > limit / 2;
  }

  private boolean takeBelow(long bound, long bytes) {
    long before = taken.get();
    while (before + bytes <= bound) {
      if (taken.compareAndSet(before, before + bytes)) {
        return true;
      }
      before = taken.get();
    }
    return false;
  }

  void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }

  /** Bytes that are taken. */
  long taken() {
    return taken.get();
  }
}
