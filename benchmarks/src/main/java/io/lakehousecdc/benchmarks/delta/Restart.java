// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import io.lakehousecdc.benchmarks.harness.Directory;
import io.lakehousecdc.benchmarks.harness.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The measurement of what a task needs for the key index of a table when it starts: where it is
 * kept on the worker's disk, and where it is built from the table.
 *
 * @param directory where the table is made
 * @param rows of the table
 */
record Restart(Path directory, int rows) {
  private static final int ATTEMPTS = 3;
  private static final String PLAN = "delta-commit-plan-micros";

  /** Stopping waits for maintenance, which is not what is measured. */
  private static final Map<String, String> QUIET =
      Map.of(
          "delta.compaction", "false", "delta.vacuum", "false", "delta.checkpoint.interval", "0");

  /** Measures on a new table, and prints the result line. */
  void measure() throws IOException {
    Path root = Files.createTempDirectory(directory, "delta-benchmark-");
    try {
      Map<String, String> keeping = new HashMap<>(QUIET);
      keeping.put("delta.index.dir", Files.createDirectory(root.resolve("index")).toString());
      Path warehouse = Files.createDirectory(root.resolve("warehouse"));
      double stop;
      OrdersTable filled = new OrdersTable(warehouse, keeping);
      try {
        filled.fill(rows);
      } finally {
        long start = System.nanoTime();
        filled.close();
        stop = (System.nanoTime() - start) / 1e6;
      }
      Took rebuilt = best(warehouse, QUIET);
      Took kept = best(warehouse, keeping);
      Result.of("delta")
          .with("what", "restart")
          .with("rows", rows)
          .whole("rebuilt_ms", rebuilt.index)
          .whole("kept_ms", kept.index)
          .ratio("rebuilt_to_kept", rebuilt.index, kept.index)
          .whole("rebuilt_commit_ms", rebuilt.commit)
          .whole("kept_commit_ms", kept.commit)
          .whole("stop_ms", stop)
          .print();
    } finally {
      Directory.delete(root);
    }
  }

  /**
   * Milliseconds of the first commit of a task.
   *
   * @param index spent on planning, of which the index takes all but a few
   * @param commit in all
   */
  private record Took(double index, double commit) {}

  /** The shortest of several, since others run as well. */
  private static Took best(Path warehouse, Map<String, String> settings) throws IOException {
    Took best = new Took(Double.MAX_VALUE, Double.MAX_VALUE);
    for (int i = 0; i < ATTEMPTS; i++) {
      try (OrdersTable table = new OrdersTable(warehouse, settings)) {
        double commit = table.commit(table.randomChanges(1)).wall() / 1e6;
        double index = table.gauges().get(PLAN) / 1e3;
        if (index < best.index) {
          best = new Took(index, commit);
        }
      }
    }
    return best;
  }
}
