// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RetriableException;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock under which everything is done to a table in this process. Fair: commits that follow
 * each other closely must keep neither a long one nor maintenance from its turn. Reentrant.
 */
public final class TableLock {
  private final TableId id;
  private final String location;
  private final ReentrantLock lock = new ReentrantLock(true);

  public TableLock(TableId id, String location) {
    this.id = id;
    this.location = location;
  }

  /** What is done under the lock. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Does it when nobody else does anything to the table.
   *
   * @throws RetriableException the store failed, or the thread was interrupted before it had its
   *     turn
   */
  <T> T holding(Work<T> work) {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RetriableException("Table " + id + ": interrupted while another had it", e);
    }
    try {
      return beside(work);
    } finally {
      lock.unlock();
    }
  }

  /** Does it when nobody else does anything to the table, also where the thread is interrupted. */
  void holdingAnyway(Runnable work) {
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }

  /** Whether another thread waits for it at this moment. */
  boolean isWanted() {
    return lock.hasQueuedThreads();
  }

  /**
   * Does something that others may do anything beside.
   *
   * @throws RetriableException the store failed
   */
  <T> T beside(Work<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw new RetriableException("Table " + id + " at " + location + ": " + e.getMessage(), e);
    }
  }
}
