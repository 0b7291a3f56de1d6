// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * An executor that does one thing after the other on threads that it shares with others, so that
 * many of them need few threads. Thread-safe.
 */
final class SerialExecutor extends AbstractExecutorService {
  private final Executor threads;
  private final String name;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean scheduled;
  private boolean working;
  private boolean shutdown;

  /**
   * @param name that a thread has while it works for this
   */
  SerialExecutor(Executor threads, String name) {
    this.threads = threads;
    this.name = name;
  }

  @Override
  public synchronized void execute(Runnable work) {
    if (shutdown) {
      throw new RejectedExecutionException(name + " has been shut down");
    }
    waiting.add(work);
    if (!scheduled && !working) {
      schedule();
    }
  }

  /** One thing at a time, so that those of others have their turn in between. */
  private void workOnce() {
    Runnable work = next();
    if (work == null) {
      return;
    }
    Thread thread = Thread.currentThread();
    String before = thread.getName();
    thread.setName(name);
    try {
      work.run();
    } finally {
      thread.setName(before);
      goOn();
    }
  }

  private void schedule() {
    scheduled = true;
    threads.execute(this::workOnce);
  }

  /** Null where it was let go meanwhile. */
  private synchronized Runnable next() {
    scheduled = false;
    Runnable work = waiting.poll();
    working = work != null;
    return work;
  }

  private synchronized void goOn() {
    working = false;
    if (!waiting.isEmpty()) {
      schedule();
    }
    notifyAll();
  }

  /** Lets go of what has not begun, unlike others: it could wait for long behind that of others. */
  @Override
  public void shutdown() {
    shutdownNow();
  }

  /** Does not interrupt what is being done. */
  @Override
  public synchronized List<Runnable> shutdownNow() {
    shutdown = true;
    List<Runnable> dropped = List.copyOf(waiting);
    waiting.clear();
    return dropped;
  }

  @Override
  public synchronized boolean isShutdown() {
    return shutdown;
  }

  @Override
  public synchronized boolean isTerminated() {
    return shutdown && !working;
  }

  @Override
  public synchronized boolean awaitTermination(long timeout, TimeUnit unit)
      throws InterruptedException {
    long end = System.nanoTime() + unit.toNanos(timeout);
    while (!isTerminated()) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
