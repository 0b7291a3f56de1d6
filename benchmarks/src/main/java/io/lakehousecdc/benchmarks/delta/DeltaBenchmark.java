package io.lakehousecdc.benchmarks.delta;

import io.lakehousecdc.benchmarks.Benchmark;
import io.lakehousecdc.benchmarks.Options;
import io.lakehousecdc.benchmarks.Options.Option;
import io.lakehousecdc.benchmarks.Result;
import io.lakehousecdc.benchmarks.delta.OrdersTable.Took;
import io.lakehousecdc.benchmarks.measure.Latencies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Commits of random changes into tables of several sizes, maintenance going on beside them, and the
 * time that a task needs to index a table when it starts.
 */
public final class DeltaBenchmark implements Benchmark {
  private static final String ROWS = "rows";
  private static final String COMMITS = "commits";
  private static final String CHANGES = "changes";
  private static final String DIRECTORY = "directory";
  private static final int EDGE = 50;

  @Override
  public List<Option> options() {
    return List.of(
        new Option(ROWS, "1000000,10000000", "sizes of tables, comma separated"),
        new Option(COMMITS, "400", "commits measured, at least 100"),
        new Option(CHANGES, "20000", "changes per commit"),
        new Option(DIRECTORY, System.getProperty("java.io.tmpdir"), "where the tables are made"));
  }

  @Override
  public void run(Options options) throws Exception {
    int commits = options.number(COMMITS);
    if (commits < 2 * EDGE) {
      throw new IllegalArgumentException("--commits has to be at least " + 2 * EDGE);
    }
    double firstMedian = 0;
    for (String size : options.text(ROWS).split(",")) {
      int rows = Integer.parseInt(size.trim());
      Path root = Files.createTempDirectory(Path.of(options.text(DIRECTORY)), "delta-benchmark-");
      try {
        double median = measure(root, rows, commits, options.number(CHANGES));
        if (firstMedian > 0) {
          Result.of("delta")
              .with("rows", rows)
              .ratio("median_to_first", median, firstMedian)
              .print();
        } else {
          firstMedian = median;
        }
      } finally {
        delete(root);
      }
    }
  }

  private static double measure(Path root, int rows, int commits, int changes) {
    Series all = new Series();
    Series first = new Series();
    Series last = new Series();
    Phases phases = new Phases();
    long total = 0;
    try (OrdersTable table = new OrdersTable(root)) {
      long start = System.nanoTime();
      table.fill(rows);
      Result.of("delta")
          .with("what", "load")
          .with("rows", rows)
          .whole("rows_per_s", rows / seconds(start))
          .print();
      for (int i = 0; i < commits; i++) {
        Map<String, Long> before = table.gauges();
        Took took = table.commitRandom(changes);
        phases.add(before, table.gauges());
        total += took.wall();
        all.add(took);
        if (i < EDGE) {
          first.add(took);
        } else if (i >= commits - EDGE) {
          last.add(took);
        }
      }
      Result result =
          Result.of("delta")
              .with("what", "commits")
              .with("rows", rows)
              .with("changes", changes)
              .with("commits", commits)
              .whole("median_ms", all.wall.quantileMillis(0.5))
              .whole("p99_ms", all.wall.quantileMillis(0.99))
              .whole("first50_ms", first.wall.quantileMillis(0.5))
              .whole("last50_ms", last.wall.quantileMillis(0.5))
              .whole("cpu_median_ms", all.processor.quantileMillis(0.5))
              .whole("cpu_first50_ms", first.processor.quantileMillis(0.5))
              .whole("cpu_last50_ms", last.processor.quantileMillis(0.5))
              .whole("changes_per_s", changes * 1e9 * commits / total);
      table.gauges().forEach((name, value) -> result.with(name.replace('-', '_'), value));
      result.print();
      phases.print(rows);
    }
    try (OrdersTable again = new OrdersTable(root)) {
      double seconds = again.commitRandom(1).wall() / 1e9;
      Result.of("delta")
          .with("what", "index")
          .with("rows", rows)
          .whole("ms", seconds * 1000)
          .whole("keys_per_s", rows / seconds)
          .print();
    }
    return all.wall.quantileMillis(0.5);
  }

  private static final class Series {
    private final Latencies wall = new Latencies();
    private final Latencies processor = new Latencies();

    void add(Took took) {
      wall.add(took.wall());
      processor.add(took.processor());
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static void delete(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
