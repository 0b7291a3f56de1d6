// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A step that is done again and again beside a test, as a sink does that follows its source. */
final class Follower implements AutoCloseable {
  private static final long PAUSE_MILLIS = 50;

  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final Future<?> steps;

  Follower(Runnable step) {
    step.run();
    steps = thread.scheduleWithFixedDelay(step, PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Ends it; fails if a step has failed. */
  @Override
  public void close() throws InterruptedException, ExecutionException {
    thread.shutdown();
    thread.awaitTermination(1, TimeUnit.MINUTES);
    if (steps.isDone() && !steps.isCancelled()) {
      steps.get();
    }
  }
}
