// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A limit of rows that are read in a second, on all threads of a side. Thread-safe. */
final class Pace {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long rowsPerSecond;
  private long next = System.nanoTime();

  /**
   * @param rowsPerSecond 0 for no limit
   */
  Pace(long rowsPerSecond) {
    this.rowsPerSecond = rowsPerSecond;
  }

  /** Most rows to be read at once. */
  long piece(long usual) {
    return rowsPerSecond == 0 ? usual : Math.min(usual, rowsPerSecond);
  }

  /** Waits for as long as rows that were read should have taken. */
  void read(long rows) {
    if (rowsPerSecond == 0) {
      return;
    }
    long until;
    synchronized (this) {
      next = Math.max(next, System.nanoTime() - SECOND) + rows * SECOND / rowsPerSecond;
      until = next;
    }
    for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }
}
