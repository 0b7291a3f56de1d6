// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.stack;

import com.fasterxml.jackson.databind.JsonNode;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectWorker;
import java.time.Duration;
import java.util.concurrent.Callable;

/** The wait for a connector, which ends where one of its tasks fails. */
final class Connectors {
  static final Duration PATIENCE = Duration.ofHours(1);
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

  private static void failIfFailed(JsonNode task) {
    if (task.get("state").asText().equals("FAILED")) {
      throw new Await.Fatal(task.path("trace").asText());
    }
  }
}
