// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that wait for requests beside the caller's. Thread-safe. */
final class RequestThreads implements AutoCloseable {

  /** What is done with each of many files. */
  interface Action {
    void accept(String file) throws IOException;
  }

  private final ExecutorService executor;
  private final int concurrency;

  RequestThreads(String name, int concurrency) {
    AtomicInteger count = new AtomicInteger();
    this.concurrency = concurrency;
    this.executor =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "delta-" + name + "-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  ExecutorService executor() {
    return executor;
  }

  /**
   * Does something with each file, several at a time, whatever becomes of the others.
   *
   * @throws IOException it failed for one at least
   */
  void forEach(Collection<String> files, Action action) throws IOException {
    Queue<String> waiting = new ConcurrentLinkedQueue<>(files);
    Queue<IOException> failures = new ConcurrentLinkedQueue<>();
    Callable<Void> worker =
        () -> {
          for (String file = waiting.poll(); file != null; file = waiting.poll()) {
            try {
              action.accept(file);
            } catch (InterruptedIOException e) {
              throw e;
            } catch (IOException e) {
              failures.add(e);
            }
          }
          return null;
        };
    List<Future<Void>> workers = new ArrayList<>();
    for (int i = 0; i < Math.min(concurrency, files.size()); i++) {
      workers.add(executor.submit(worker));
    }
    await(workers);
    IOException failure = failures.poll();
    if (failure != null) {
      failures.forEach(failure::addSuppressed);
      throw failure;
    }
  }

  private static void await(List<Future<Void>> workers) throws IOException {
    try {
      for (Future<Void> each : workers) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while requests were under way");
    } finally {
      workers.forEach(each -> each.cancel(true));
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
