// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Something that is called from time to time, without a thread of its own. Thread-safe. */
final class RegularCalls implements AutoCloseable {
  private final Runnable call;
  private CompletableFuture<Void> next;
  private boolean closed;

  /**
   * @param call returns at once, and does not fail
   */
  RegularCalls(Runnable call) {
    this.call = call;
  }

  /** Calls it after each interval, until this is closed. */
  @SuppressWarnings("FutureReturnValueIgnored") // The call does not fail.
  synchronized void begin(Duration interval) {
    if (!closed) {
      next =
          new CompletableFuture<Void>()
              .completeOnTimeout(null, interval.toMillis(), TimeUnit.MILLISECONDS);
      next.thenRun(
          () -> {
            begin(interval);
            call.run();
          });
    }
  }

  /** Lets go of it at once. */
  @Override
  public synchronized void close() {
    closed = true;
    if (next != null) {
      next.cancel(false);
    }
  }
}
