// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Work that is shared by the connections of a session. */
record OnConnections(ReadSession session) {
  private static final long PAUSE_MILLIS = 50;

  /** Work on one thing, by one connection at a time. */
  @FunctionalInterface
  interface Work<T> {
    void on(Connection connection, T thing) throws SQLException;
  }

  /** Does the work on all things; ends soon after the first failure, or an interrupt. */
  <T> void forEach(List<T> things, Work<T> work) throws SQLException {
    Queue<T> left = new ConcurrentLinkedQueue<>(things);
    ExecutorService threads = Executors.newFixedThreadPool(session.all().size());
    try {
      CompletionService<Void> running = new ExecutorCompletionService<>(threads);
      for (Connection connection : session.all()) {
        running.submit(
            () -> {
              for (T thing = left.poll(); thing != null; thing = left.poll()) {
                work.on(connection, thing);
              }
              return null;
            });
      }
      for (int i = 0; i < session.all().size(); i++) {
        running.take().get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted", e);
    } finally {
      left.clear();
      end(threads);
    }
  }

  /** Waits until the connections are free; what they still execute is cancelled. */
  private void end(ExecutorService threads) {
    threads.shutdown();
    boolean interrupted = false;
    boolean ended = threads.isTerminated();
    while (!ended) {
      try {
        ended = threads.awaitTermination(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (!ended) {
        session.cancel();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
