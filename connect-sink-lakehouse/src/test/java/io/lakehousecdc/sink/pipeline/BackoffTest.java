// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How long what may pass is tried again. */
class BackoffTest {
  private final SinkMetrics metrics = new SinkMetrics();
  private final AtomicInteger attempts = new AtomicInteger();

  @Test
  void attemptThatTookLongerThanTheTimeForRetriesIsTriedAgain() {
    // Any attempt takes longer than this.
    assertThrows(RetriableException.class, () -> retry(Duration.ofNanos(1)));
    assertEquals(2, attempts.get());
  }

  @Test
  void noTimeForRetriesMeansNone() {
    assertThrows(RetriableException.class, () -> retry(Duration.ZERO));
    assertEquals(1, attempts.get());
  }

  private void retry(Duration timeout) {
    Backoff.retry(
        timeout,
        metrics,
        () -> {
          attempts.incrementAndGet();
          throw new RetriableException("connection lost");
        });
  }
}
