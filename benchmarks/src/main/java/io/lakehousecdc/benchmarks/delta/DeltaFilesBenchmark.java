// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import io.lakehousecdc.benchmarks.harness.Benchmark;
import io.lakehousecdc.benchmarks.harness.Directory;
import io.lakehousecdc.benchmarks.harness.Options;
import io.lakehousecdc.benchmarks.harness.Options.Option;
import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.measure.Latencies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The benchmark of commits that touch many files: each of a table's files loses some rows to each
 * commit, so that the log entry names all of them. Compaction is off, and the number of files is
 * what it was made to be.
 */
public final class DeltaFilesBenchmark implements Benchmark {
  private static final String ROWS = "rows";
  private static final String CHANGES = "changes";
  private static final String COMMITS = "commits";
  private static final String DIRECTORY = "directory";
  private static final String LOG_TIME = "delta-commit-log-micros";
  private static final List<Integer> FILES = List.of(200, 1_000);

  @Override
  public List<Option> options() {
    return List.of(
        new Option(ROWS, "1000000", "rows of the table"),
        new Option(CHANGES, "20000", "changes per commit"),
        new Option(COMMITS, "10", "commits that are measured, after one that is not"),
        new Option(DIRECTORY, System.getProperty("java.io.tmpdir"), "where the tables are made"));
  }

  @Override
  public void run(Options options) throws Exception {
    for (int files : FILES) {
      Path root = Files.createTempDirectory(Path.of(options.text(DIRECTORY)), "delta-benchmark-");
      try {
        measure(root, files, options);
      } finally {
        Directory.delete(root);
      }
    }
  }

  private static void measure(Path root, int files, Options options) throws IOException {
    int rows = options.number(ROWS);
    try (OrdersTable table = new OrdersTable(root, Map.of("delta.compaction", "false"))) {
      for (int file = 0; file < files; file++) {
        table.fill(rows / files);
      }
      int changes = options.number(CHANGES);
      table.commit(table.randomChanges(changes));
      Latencies took = new Latencies();
      Latencies log = new Latencies();
      long bytes = 0;
      for (int i = 0; i < options.number(COMMITS); i++) {
        long before = table.gauges().get(LOG_TIME);
        took.add(table.commit(table.randomChanges(changes)).wall());
        log.add((table.gauges().get(LOG_TIME) - before) * 1_000);
        bytes += Files.size(entry(table));
      }
      Result.of("delta-files")
          .with("files", files)
          .with("rows", rows)
          .with("changes", changes)
          .whole("median_ms", took.quantileMillis(0.5))
          .whole("log_median_ms", log.quantileMillis(0.5))
          .with("log_bytes_per_commit", bytes / options.number(COMMITS))
          .print();
    }
  }

  private static Path entry(OrdersTable table) throws IOException {
    return table.location().resolve("_delta_log").resolve("%020d.json".formatted(table.version()));
  }
}
