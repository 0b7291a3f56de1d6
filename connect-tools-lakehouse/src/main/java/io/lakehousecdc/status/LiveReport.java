// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest report, made when somebody asks: by one thread, and at most once in a while, however
 * many ask. Thread-safe.
 */
final class LiveReport implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;
  private static final Logger LOG = LoggerFactory.getLogger(LiveReport.class);

  private final Supplier<StatusReport> source;
  private final Duration pause;
  private final ExecutorService maker =
      Executors.newSingleThreadExecutor(
          body -> {
            Thread thread = new Thread(body, "lakehouse-status");
            thread.setDaemon(true);
            return thread;
          });
  private Future<StatusReport> last;
  private long askedAt;

  /**
   * @param pause between two reports; who asks meanwhile gets the last one
   */
  LiveReport(Supplier<StatusReport> source, Duration pause) {
    this.source = source;
    this.pause = pause;
  }

  /** The report is not to be had now; the message says why. */
  static final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnavailableException(String message) {
      super(message);
    }
  }

  /**
   * The last report, or a new one.
   *
   * @throws UnavailableException the worker does not tell the state of its cluster
   */
  StatusReport get() throws UnavailableException {
    try {
      return newest().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new UnavailableException(
          "The worker has not told the state of its cluster for "
              + PATIENCE_SECONDS
              + " seconds. It may be taking part in a rebalance: try again.");
    } catch (ExecutionException e) {
      LOG.warn("The state of the cluster could not be read", e.getCause());
      throw new UnavailableException(
          "The worker does not tell the state of its cluster ("
              + e.getCause().getClass().getSimpleName()
              + "); its log says more.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("The worker stops.");
    }
  }

  private synchronized Future<StatusReport> newest() {
    long now = System.nanoTime();
    if (last == null || last.isDone() && now - askedAt >= pause.toNanos()) {
      last = maker.submit(source::get);
      askedAt = now;
    }
    return last;
  }

  @Override
  public void close() {
    maker.shutdownNow();
  }
}
