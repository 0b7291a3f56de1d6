// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.stack;

import com.fasterxml.jackson.databind.JsonNode;
import io.lakehousecdc.benchmarks.measure.WorkerJmx;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectWorker;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for connectors, which end where a task of them fails. */
final class Connectors {
  private static final Duration PATIENCE = Duration.ofHours(1);
  private static final int PROBES_BETWEEN_STATUS_CHECKS = 50;

  private Connectors() {}

  /**
   * Waits until a connector has come so far.
   *
   * @throws Await.Fatal one of its tasks has failed: its trace
   */
  static void await(
      String what, String connector, ConnectWorker worker, Callable<Boolean> condition) {
    int[] probes = new int[1];
    Await.until(
        what,
        PATIENCE,
        () -> "log: " + worker.log(),
        () -> {
          if (probes[0]++ % PROBES_BETWEEN_STATUS_CHECKS == 0) {
            worker.rest().status(connector).get("tasks").forEach(Connectors::failIfFailed);
          }
          return condition.call();
        });
  }

  /** Deletes a connector, and waits until its tasks have ended. */
  static void delete(String connector, ConnectWorker worker, WorkerJmx jmx) {
    worker.rest().delete(connector);
    Await.until(
        "the tasks of " + connector + " have ended",
        PATIENCE,
        () -> "log: " + worker.log(),
        () -> jmx.assignedTasks(connector) == 0);
  }

  private static void failIfFailed(JsonNode task) {
    if (task.get("state").asText().equals("FAILED")) {
      throw new Await.Fatal(task.path("trace").asText());
    }
  }
}
