// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import io.lakehousecdc.quickstart.display.Display;
import io.lakehousecdc.quickstart.display.Status;
import io.lakehousecdc.quickstart.shop.Simulator;
import io.lakehousecdc.testkit.Await;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The phase of the demo in which the simulator writes to the shop, while the worker is killed and
 * started again.
 *
 * @param source name of the source connector
 */
record WritingPhase(
    DemoStack stack, String source, Simulator simulator, LiveView view, Display display) {
  private static final int KILL_AFTER_FRACTION = 3;

  /** Returns when all is written and the worker is back. */
  Simulator.Tally run() {
    ScheduledExecutorService threads = Executors.newScheduledThreadPool(2, WritingPhase::daemon);
    try {
      Future<Simulator.Tally> writing = threads.submit(simulator);
      Future<?> killing =
          threads.schedule(
              this::killWorker,
              simulator.length().toMillis() / KILL_AFTER_FRACTION,
              TimeUnit.MILLISECONDS);
      Simulator.Tally tally = view.during("the simulator cannot write", writing);
      view.during("the worker does not come back", killing);
      return tally;
    } finally {
      threads.shutdownNow();
    }
  }

  private void killWorker() {
    Connectors connectors = new Connectors(stack.connect());
    Await.until("the source has left its snapshot", () -> connectors.isPastSnapshot(source));
    view.last().ifPresent(this::tellFreshness);
    display.say("Killing the Connect worker in mid-stream (kill -9) and starting it again.");
    long start = System.nanoTime();
    stack.killAndRestartWorker();
    display.say(
        "The worker is back after %d s and catches up; freshness now counts the outage, too."
            .formatted(Duration.ofNanos(System.nanoTime() - start).toSeconds()));
  }

  /** Reports the freshness before the kill; afterwards it would include the outage. */
  private void tellFreshness(Status status) {
    for (Status.Sink sink : status.sinks()) {
      sink.freshness()
          .ifPresent(
              freshness ->
                  display.say(
                      "%s: fresh within %s until now".formatted(sink.warehouse(), freshness)));
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "writing");
    thread.setDaemon(true);
    return thread;
  }
}
