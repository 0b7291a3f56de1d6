// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The gauges of the requests to a task's store, which count those of all tasks that share it. A
 * local store makes none.
 */
final class StoreGauges {
  private final StoreFigures figures;
  private final AtomicLong lastCommit = new AtomicLong();

  StoreGauges(StoreFigures figures) {
    this.figures = figures;
  }

  /** Number of requests so far, to be handed to {@link #committed}. */
  long requests() {
    return figures.requests();
  }

  /** A commit of all its tables has ended. */
  void committed(long requestsBefore) {
    lastCommit.set(figures.requests() - requestsBefore);
  }

  /** Adds them. */
  void addTo(Map<String, LongSupplier> gauges) {
    for (Operation operation : Operation.values()) {
      gauges.put("delta-store-requests-" + operation, () -> figures.requests(operation));
    }
    gauges.put("delta-store-requests-last-commit", lastCommit::get);
    gauges.put("delta-store-bytes-read", () -> figures.bytes(Operation.GET));
    gauges.put(
        "delta-store-bytes-written",
        () -> figures.bytes(Operation.PUT) + figures.bytes(Operation.PUT_IF_ABSENT));
    gauges.put("delta-store-read-p50-micros", () -> figures.readMicros(0.5));
    gauges.put("delta-store-read-p99-micros", () -> figures.readMicros(0.99));
    gauges.put("delta-store-write-p50-micros", () -> figures.writeMicros(0.5));
    gauges.put("delta-store-write-p99-micros", () -> figures.writeMicros(0.99));
    gauges.put("delta-store-retries", figures::retries);
    gauges.put("delta-store-throttles", figures::throttles);
  }
}
