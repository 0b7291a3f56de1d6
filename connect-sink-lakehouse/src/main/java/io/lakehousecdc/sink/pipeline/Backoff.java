// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Growing pauses between attempts, for a bounded time from the first failure on: an attempt that
 * takes long before it fails (a silent host, a big statement) is tried again like any other. Not
 * thread-safe.
 */
public final class Backoff {
  private static final Logger LOG = LoggerFactory.getLogger(Backoff.class);
  private static final long FIRST_MILLIS = 100;
  private static final long LONGEST_MILLIS = 10_000;

  private final SinkMetrics metrics;
  private final Deadline deadline;
  private long millis = FIRST_MILLIS;

  /**
   * @param timeout time from the first {@link #pause} after which one gives up
   */
  Backoff(Duration timeout, SinkMetrics metrics) {
    this.metrics = metrics;
    this.deadline = new Deadline(timeout);
  }

  /** Makes attempts until one succeeds, fails for good, or the time is up. */
  public static <T> T retry(Duration timeout, SinkMetrics metrics, Supplier<T> attempt) {
    Backoff backoff = new Backoff(timeout, metrics);
    while (true) {
      try {
        return attempt.get();
      } catch (RetriableException e) {
        if (e.madeProgress()) {
          backoff = new Backoff(timeout, metrics);
        }
        try {
          backoff.pause(e);
        } catch (InterruptedException interrupt) {
          Thread.currentThread().interrupt();
          throw new FatalException("Interrupted while waiting for the target", e);
        }
      }
    }
  }

  /**
   * Waits before the next attempt.
   *
   * @throws RetriableException {@code reason}, where the time is up
   */
  void pause(RetriableException reason) throws InterruptedException {
    if (deadline.left() <= 0) {
      throw reason;
    }
    metrics.retried();
    LOG.warn("The target failed, trying again in {} ms: {}", millis, reason.getMessage());
    Thread.sleep(millis);
    millis = Math.min(millis * 2, LONGEST_MILLIS);
  }
}
