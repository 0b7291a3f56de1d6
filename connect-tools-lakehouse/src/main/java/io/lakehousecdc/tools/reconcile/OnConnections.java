// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Work that is shared by the connections of a session. */
record OnConnections(ReadSession session) {

  /** Work on one thing, by one connection at a time. */
  @FunctionalInterface
  interface Work<T> {
    void on(Connection connection, T thing) throws SQLException;
  }

  /** Does the work on all things; ends at the first failure. */
  <T> void forEach(List<T> things, Work<T> work) throws SQLException {
    Queue<T> left = new ConcurrentLinkedQueue<>(things);
    ExecutorService threads = Executors.newFixedThreadPool(session.all().size());
    try {
      List<Future<?>> running = new ArrayList<>();
      for (Connection connection : session.all()) {
        running.add(
            threads.submit(
                () -> {
                  for (T thing = left.poll(); thing != null; thing = left.poll()) {
                    work.on(connection, thing);
                  }
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } catch (ExecutionException e) {
      left.clear();
      if (e.getCause() instanceof SQLException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      left.clear();
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
