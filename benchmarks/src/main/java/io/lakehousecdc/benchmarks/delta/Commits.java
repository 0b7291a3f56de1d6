// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import io.lakehousecdc.benchmarks.delta.OrdersTable.Took;
import io.lakehousecdc.benchmarks.delta.SparkPeer.Merged;
import io.lakehousecdc.benchmarks.harness.Directory;
import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.measure.Latencies;
import io.lakehousecdc.sink.change.RowChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The measurement of commits of random changes into a table of one size, with maintenance running;
 * of the time that a task needs to index the table when it starts; and of Spark on the same
 * batches.
 *
 * @param directory where the table is made
 * @param commits at least twice {@link #EDGE}
 * @param changes in each commit
 * @param sparkBatches batches that Spark merges, too; 0 for none
 */
record Commits(Path directory, int commits, int changes, int sparkBatches) {
  /** Commits at either end that are compared with those at the other. */
  static final int EDGE = 50;

  /**
   * Measures on a new table of so many rows, and prints the result lines.
   *
   * @return median of a commit in milliseconds
   */
  double measure(int rows) throws IOException, InterruptedException {
    Path root = Files.createTempDirectory(directory, "delta-benchmark-");
    try {
      Path peers = Files.createDirectory(root.resolve("spark"));
      return measure(rows, Files.createDirectory(root.resolve("warehouse")), new SparkPeer(peers));
    } finally {
      Directory.delete(root);
    }
  }

  private double measure(int rows, Path root, SparkPeer spark)
      throws IOException, InterruptedException {
    double median;
    long before;
    long after = 0;
    Path location;
    try (OrdersTable table = new OrdersTable(root)) {
      load(table, rows);
      location = table.location();
      before = table.version();
      Series series = new Series();
      Phases phases = new Phases();
      for (int i = 0; i < commits; i++) {
        List<RowChange> batch = table.randomChanges(changes);
        Map<String, Long> figures = table.gauges();
        series.add(table.commit(batch), i);
        phases.add(figures, table.gauges());
        if (spark.kept() < sparkBatches) {
          spark.keep(batch);
          after = table.version();
        }
      }
      series.print(rows, table.gauges());
      phases.print(rows);
      median = series.all.wall.quantileMillis(0.5);
    }
    index(root, rows);
    if (sparkBatches > 0) {
      Merged merged = spark.merge(location.toString(), before, after);
      double sparks = merged.merges().quantileMillis(0.5);
      Result.of("delta")
          .with("what", "spark-merge")
          .with("rows", rows)
          .with("changes", changes)
          .with("merges", merged.merges().size())
          .whole("median_ms", sparks)
          .ratio("ratio_to_lakehouse", sparks, median)
          .with("equal", merged.equal())
          .print();
    }
    return median;
  }

  private static void load(OrdersTable table, int rows) {
    long start = System.nanoTime();
    table.fill(rows);
    Result.of("delta")
        .with("what", "load")
        .with("rows", rows)
        .whole("rows_per_s", rows * 1e9 / (System.nanoTime() - start))
        .print();
  }

  private static void index(Path root, int rows) {
    try (OrdersTable again = new OrdersTable(root)) {
      double seconds = again.commit(again.randomChanges(1)).wall() / 1e9;
      Result.of("delta")
          .with("what", "index")
          .with("rows", rows)
          .whole("ms", seconds * 1000)
          .whole("keys_per_s", rows / seconds)
          .print();
    }
  }

  private final class Series {
    private final Spans all = new Spans();
    private final Spans first = new Spans();
    private final Spans last = new Spans();
    private long total;

    void add(Took took, int number) {
      total += took.wall();
      all.add(took);
      if (number < EDGE) {
        first.add(took);
      } else if (number >= commits - EDGE) {
        last.add(took);
      }
    }

    void print(int rows, Map<String, Long> gauges) {
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
              .ratio("last_to_first", last.wall.quantileMillis(0.5), first.wall.quantileMillis(0.5))
              .whole("cpu_median_ms", all.processor.quantileMillis(0.5))
              .whole("changes_per_s", changes * 1e9 * commits / total);
      gauges.forEach((name, value) -> result.with(name.replace('-', '_'), value));
      result.print();
    }
  }

  private static final class Spans {
    private final Latencies wall = new Latencies();
    private final Latencies processor = new Latencies();

    void add(Took took) {
      wall.add(took.wall());
      processor.add(took.processor());
    }
  }
}
