// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A lock, and the waiting for what others change under it. Reentrant. */
final class Monitor {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Changes something under the lock, and wakes up those who wait. */
  void change(Runnable work) {
    lock.lock();
    try {
      work.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Reads something under the lock, or changes what nobody waits for. */
  <T> T read(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  /** Waits as long as it takes, whether interrupted or not. */
  void await(BooleanSupplier condition) {
    lock.lock();
    try {
      while (!condition.getAsBoolean()) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits; false where the condition does not hold in time, or on an interrupt, which is kept. */
  boolean await(BooleanSupplier condition, Duration patience) {
    try {
      return awaitUntil(condition, System.nanoTime() + TimeUnit.NANOSECONDS.convert(patience));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return read(condition::getAsBoolean);
    }
  }

  /**
   * Waits; false where the condition does not hold in time.
   *
   * @param giveUpAt as {@link System#nanoTime}
   */
  boolean awaitUntil(BooleanSupplier condition, long giveUpAt) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!condition.getAsBoolean()) {
        long left = giveUpAt - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
