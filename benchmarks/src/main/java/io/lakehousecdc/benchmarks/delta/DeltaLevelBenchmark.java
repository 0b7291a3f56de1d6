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
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The benchmark that shows whether disk use and commit time stay constant over thousands of
 * commits, with compaction, checkpoints and vacuum. The commits come in windows that simulate
 * hours: after each the task is restarted and all files are made older than the retention, so that
 * the clean-up of a long run happens within minutes.
 */
public final class DeltaLevelBenchmark implements Benchmark {
  private static final String ROWS = "rows";
  private static final String COMMITS = "commits";
  private static final String WINDOW = "window";
  private static final String CHANGES = "changes";
  private static final String DIRECTORY = "directory";
  private static final Duration AGE = Duration.ofHours(2);
  private static final Map<String, String> RETENTION =
      Map.of(
          "delta.vacuum.retention",
          "PT1H",
          "delta.table.properties.delta.logRetentionDuration",
          "interval 90 minutes");

  @Override
  public List<Option> options() {
    return List.of(
        new Option(ROWS, "500000", "rows of the table"),
        new Option(COMMITS, "3000", "commits"),
        new Option(WINDOW, "500", "commits that a line is printed for"),
        new Option(CHANGES, "2000", "changes per commit"),
        new Option(DIRECTORY, System.getProperty("java.io.tmpdir"), "where the table is made"));
  }

  @Override
  public void run(Options options) throws Exception {
    Path root = Files.createTempDirectory(Path.of(options.text(DIRECTORY)), "delta-benchmark-");
    try (OrdersTable table = new OrdersTable(root, RETENTION)) {
      table.fill(options.number(ROWS));
      int window = options.number(WINDOW);
      for (int done = 0; done < options.number(COMMITS); done += window) {
        table.restart();
        age(root);
        // Reads the table and starts the vacuum, as a task does once at its start.
        table.commit(table.changesAmongKnown(1));
        Latencies took = new Latencies();
        for (int i = 0; i < window; i++) {
          took.add(table.commit(table.changesAmongKnown(options.number(CHANGES))).wall());
        }
        print(root, done + window, took, table.gauges());
      }
    } finally {
      Directory.delete(root);
    }
  }

  private static void print(Path root, int commits, Latencies took, Map<String, Long> gauges)
      throws IOException {
    long dataBytes = 0;
    long dataFiles = 0;
    long logBytes = 0;
    long logFiles = 0;
    for (Path file : files(root)) {
      if (file.getParent().endsWith("_delta_log")) {
        logFiles++;
        logBytes += Files.size(file);
      } else {
        dataFiles++;
        dataBytes += Files.size(file);
      }
    }
    Result result =
        Result.of("delta-level")
            .with("commits", commits)
            .whole("median_ms", took.quantileMillis(0.5))
            .whole("p99_ms", took.quantileMillis(0.99))
            .with("data_bytes", dataBytes)
            .with("data_files", dataFiles)
            .with("log_bytes", logBytes)
            .with("log_files", logFiles);
    for (String name :
        List.of("compactions", "checkpoints", "files-vacuumed", "maintenance-failures")) {
      result.with(name.replace('-', '_'), gauges.get("delta-" + name));
    }
    result.print();
  }

  private static void age(Path root) throws IOException {
    for (Path file : files(root)) {
      FileTime modified = Files.getLastModifiedTime(file);
      Files.setLastModifiedTime(file, FileTime.fromMillis(modified.toMillis() - AGE.toMillis()));
    }
  }

  /** Maintenance of the table may remove files meanwhile: these are left out. */
  private static List<Path> files(Path root) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(root)) {
      all.filter(Files::isRegularFile).forEach(files::add);
    }
    return files;
  }
}
