// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The future of a report that another thread sends: done when it was sent and the queue has
 * acknowledged it. Thread-safe.
 *
 * @param sending done when it was sent
 */
record SentReport(Future<Sent> sending) implements Future<Void> {

  /**
   * A report that was sent.
   *
   * @param acknowledged done when the queue has acknowledged it
   */
  record Sent(Future<Void> acknowledged) {}

  @Override
  public Void get() throws InterruptedException, ExecutionException {
    return sending.get().acknowledged().get();
  }

  @Override
  public Void get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    long giveUpAt = System.nanoTime() + unit.toNanos(timeout);
    Sent sent = sending.get(timeout, unit);
    return sent.acknowledged().get(Math.max(0, giveUpAt - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  /** Changes nothing: what was sent cannot be taken back. */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return false;
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public boolean isDone() {
    if (!sending.isDone()) {
      return false;
    }
    try {
      return sending.get().acknowledged().isDone();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }
}
