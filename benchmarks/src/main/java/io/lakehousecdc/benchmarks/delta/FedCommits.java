// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import io.lakehousecdc.benchmarks.harness.Directory;
import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.measure.Latencies;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The measurement of what a change data feed costs: commits of random changes to two tables that
 * differ in nothing else, by turns.
 *
 * @param directory where the tables are made
 * @param commits to each table
 * @param changes in each commit
 */
record FedCommits(Path directory, int commits, int changes) {
  /** Measures on new tables of so many rows, and prints the result lines. */
  void measure(int rows) throws IOException {
    Path root = Files.createTempDirectory(directory, "delta-benchmark-");
    try (OrdersTable plain = table(root.resolve("plain"), "false");
        OrdersTable fed = table(root.resolve("fed"), "true")) {
      plain.fill(rows);
      fed.fill(rows);
      Latencies without = new Latencies();
      Latencies with = new Latencies();
      for (int i = 0; i < commits; i++) {
        without.add(plain.commit(plain.randomChanges(changes)).wall());
        with.add(fed.commit(fed.randomChanges(changes)).wall());
      }
      print(rows, "no", without, without);
      print(rows, "yes", with, without);
    } finally {
      Directory.delete(root);
    }
  }

  private static OrdersTable table(Path root, String feed) throws IOException {
    return new OrdersTable(
        Files.createDirectories(root), Map.of(DeltaSettings.CHANGE_DATA_FEED, feed));
  }

  private void print(int rows, String feed, Latencies took, Latencies plain) {
    Result.of("delta")
        .with("what", "change-feed")
        .with("feed", feed)
        .with("rows", rows)
        .with("changes", changes)
        .whole("median_ms", took.quantileMillis(0.5))
        .whole("p99_ms", took.quantileMillis(0.99))
        .ratio("ratio_to_plain", took.quantileMillis(0.5), plain.quantileMillis(0.5))
        .print();
  }
}
