// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.lakehousecdc.testkit.ConnectRest;
import java.util.Optional;

/** The connectors' states, from the worker's REST interface. */
record Connectors(ConnectRest rest) {
  private static final int TRACE_LINES = 12;

  /** Why a connector or one of its tasks has failed; empty while none has. */
  Optional<String> failure(String connector) {
    JsonNode status = rest.status(connector);
    if (failed(status.path("connector"))) {
      return Optional.of(describe("connector " + connector, status.path("connector")));
    }
    for (JsonNode task : status.path("tasks")) {
      if (failed(task)) {
        return Optional.of(
            describe("task %d of %s".formatted(task.path("id").asInt(), connector), task));
      }
    }
    return Optional.empty();
  }

  /**
   * Whether a restarted source connector would continue streaming. Before, it would begin a new
   * snapshot, which does not show rows that were deleted between the two.
   */
  boolean isPastSnapshot(String sourceConnector) {
    for (JsonNode each : rest.offsets(sourceConnector).path("offsets")) {
      JsonNode offset = each.path("offset");
      return offset.path("snapshot").isMissingNode()
          || offset.path("snapshot_completed").asBoolean();
    }
    return false;
  }

  private static boolean failed(JsonNode part) {
    return part.path("state").asText().equals("FAILED");
  }

  private static String describe(String what, JsonNode part) {
    return part.path("trace")
        .asText()
        .lines()
        .limit(TRACE_LINES)
        .reduce(what + " has failed:", (text, line) -> text + "\n  " + line);
  }
}
