// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to make requests to a store beside other work. Those to a store that waits for a network
 * are made by threads that all stores of the worker share; those to a local one at once, by the
 * thread that begins them, because it answers sooner than another thread wakes up. Thread-safe.
 */
public final class Requests {
  private static final Logger LOG = LoggerFactory.getLogger(Requests.class);

  /** They wait most of the time: enough for the tables of a large flush, each with a few. */
  private static final int THREADS = 64;

  private static final int IDLE_SECONDS = 10;
  private static final Executor SHARED = threads();

  private final Executor executor;
  private final boolean overlap;

  private Requests(Executor executor, boolean overlap) {
    this.executor = executor;
    this.overlap = overlap;
  }

  /** Requests to a store. */
  public static Requests of(FileIO store) {
    return store.isRemote() ? new Requests(SHARED, true) : new Requests(Runnable::run, false);
  }

  /** Whether requests are under way beside the thread that begins them. */
  public boolean overlap() {
    return overlap;
  }

  /** Begins a request; returns at once where they {@link #overlap}. */
  public <T> Request<T> begin(Request.Call<T> call) {
    Request<T> request = new Request<>(call);
    try {
      executor.execute(request::make);
    } catch (OutOfMemoryError | RejectedExecutionException e) {
      LOG.warn("A request to the store waits until its answer is needed: {}", e.toString());
    }
    return request;
  }

  private static Executor threads() {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "delta-store-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }
}
