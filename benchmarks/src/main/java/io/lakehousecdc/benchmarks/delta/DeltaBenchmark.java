// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import io.lakehousecdc.benchmarks.harness.Benchmark;
import io.lakehousecdc.benchmarks.harness.Directory;
import io.lakehousecdc.benchmarks.harness.Options;
import io.lakehousecdc.benchmarks.harness.Options.Option;
import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.load.Servers;
import io.lakehousecdc.benchmarks.load.Shape;
import io.lakehousecdc.benchmarks.load.TopicLoad;
import io.lakehousecdc.benchmarks.load.Wire;
import io.lakehousecdc.benchmarks.stack.Comparison;
import io.lakehousecdc.benchmarks.stack.Freshness;
import io.lakehousecdc.benchmarks.stack.Side;
import io.lakehousecdc.benchmarks.stack.TaskScaling;
import io.lakehousecdc.benchmarks.stack.Throughput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The benchmark of the sink into Delta Lake. {@code docs/BENCHMARKS.md} explains each figure. */
public final class DeltaBenchmark implements Benchmark {
  private static final int LARGE = 100_000_000;

  /** The parts of the benchmark, each of which can be left out. */
  private enum Part {
    COMMITS,
    RESTART,
    SPARK,
    FEED,
    TASKS,
    TABLES,
    THROUGHPUT,
    TOPICS,
    FRESHNESS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The kinds of stores that commits are measured on. */
  private enum Store {
    LOCAL,
    S3;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public List<Option> options() {
    return List.of(
        new Option(
            "parts",
            "commits,restart,spark,feed,tasks,tables,throughput,topics,freshness",
            "what to measure"),
        new Option(
            "store",
            "local",
            "where the tables of commits are: local, or s3, a store in a process of its own"),
        new Option("latency-ms", "30", "how long each request to s3 takes at least"),
        new Option("rows", "1000000,10000000", "sizes of tables, comma separated"),
        new Option("kept", "10000000", "rows of the table whose key index is kept over a restart"),
        new Option("large", Options.NO, "measure commits on a table of 100 million rows, too"),
        new Option("commits", "400", "commits measured, at least 100"),
        new Option("changes", "20000", "changes per commit"),
        new Option("feed-commits", "40", "commits with a change data feed, and as many without"),
        new Option("task-rows", "400000", "rows of the table that several tasks write"),
        new Option("task-commits", "80", "commits of all of them together"),
        new Option("task-changes", "5000", "changes in each"),
        new Option("tables", "1000", "tables of a task"),
        new Option("flushes", "10", "flushes over all of them"),
        new Option("table-changes", "20", "changes of each table in a flush"),
        new Option("merges", "6", "batches that Spark merges as well; the first warms it up"),
        new Option("directory", System.getProperty("java.io.tmpdir"), "where tables are made"),
        new Option("snapshot", "1000000", "rows in the snapshot, for throughput"),
        new Option("stream", "400000", "changes after it"),
        new Option("converters", "json,json-cached,avro", "converters to compare"),
        new Option("rate", "1000", "transactions per second for freshness"),
        new Option("seconds", "120", "duration of the freshness measurement"),
        new Option(
            "workers", "warm", "cold: as they start; warm: after they have read the topic once"),
        new Option("worker-heap", "2g", "greatest heap of a worker; 2g is Kafka's own default"));
  }

  @Override
  public void run(Options options) throws Exception {
    List<Part> parts = options.choices("parts", Part.class);
    if (options.choices("store", Store.class).equals(List.of(Store.S3))) {
      new RemoteCommits(
              Duration.ofMillis(options.number("latency-ms")),
              options.number("commits"),
              options.number("changes"),
              parts.contains(Part.SPARK) ? options.number("merges") : 0,
              options.number("table-changes"))
          .measure(sizes(options));
      return;
    }
    if (parts.contains(Part.COMMITS)) {
      commits(options, parts.contains(Part.SPARK) ? options.number("merges") : 0);
    }
    Path directory = Path.of(options.text("directory"));
    if (parts.contains(Part.RESTART)) {
      new Restart(directory, options.number("kept")).measure();
    }
    if (parts.contains(Part.FEED)) {
      new FedCommits(directory, options.number("feed-commits"), options.number("changes"))
          .measure(sizes(options).get(0));
    }
    if (parts.contains(Part.TASKS)) {
      new SharedTable(
              directory,
              options.number("task-rows"),
              options.number("task-commits"),
              options.number("task-changes"))
          .measure();
    }
    if (parts.contains(Part.TABLES)) {
      new ManyTables(
              directory,
              options.number("tables"),
              options.number("flushes"),
              options.number("table-changes"))
          .measure();
    }
    if (!Collections.disjoint(parts, EnumSet.of(Part.THROUGHPUT, Part.TOPICS))) {
      onTopics(options, parts);
    }
    if (parts.contains(Part.FRESHNESS)) {
      new Freshness(
              Side.LAKEHOUSE_DELTA,
              options.number("rate"),
              options.number("seconds"),
              options.text("worker-heap"))
          .measure();
    }
  }

  private static void commits(Options options, int merges)
      throws IOException, InterruptedException {
    int count = options.number("commits");
    if (count < 2 * Commits.EDGE) {
      throw new IllegalArgumentException("--commits has to be at least " + 2 * Commits.EDGE);
    }
    Commits commits =
        new Commits(Path.of(options.text("directory")), count, options.number("changes"), merges);
    double firstMedian = 0;
    for (int rows : sizes(options)) {
      double median = commits.measure(rows);
      firstMedian = firstMedian == 0 ? median : firstMedian;
      Result.of("delta")
          .with("what", "sizes")
          .with("rows", rows)
          .ratio("median_to_first", median, firstMedian)
          .print();
    }
  }

  private static List<Integer> sizes(Options options) {
    List<Integer> sizes = new ArrayList<>();
    for (String size : options.text("rows").split(",")) {
      sizes.add(Integer.parseInt(size.trim()));
    }
    if (options.flag("large")) {
      sizes.add(LARGE);
    }
    return sizes;
  }

  private static double plainMicros(TopicLoad load, Path directory) throws IOException {
    Path files = Files.createTempDirectory(directory, "delta-benchmark-");
    try {
      return PlainParquet.microsPerRow(load.database(), files);
    } finally {
      Directory.delete(files);
    }
  }

  private static void onTopics(Options options, List<Part> parts) throws Exception {
    List<Wire> wires = options.choices("converters", Wire.class);
    try (Servers servers = Servers.start(wires, options.text("worker-heap"))) {
      TopicLoad load =
          TopicLoad.make(
              servers, wires, Shape.ORDERS, options.number("snapshot"), options.number("stream"));
      if (parts.contains(Part.THROUGHPUT)) {
        Throughput throughput =
            new Throughput(
                servers,
                load,
                options.choice("workers", Throughput.Workers.class),
                Optional.empty());
        Comparison.run(
            "delta",
            throughput,
            wires,
            List.of(Side.NOOP, Side.LAKEHOUSE_DELTA),
            1,
            plainMicros(load, Path.of(options.text("directory"))));
      }
      if (parts.contains(Part.TOPICS)) {
        new TaskScaling("delta-topics", servers, load, Side.LAKEHOUSE_DELTA).measure();
      }
    }
  }
}
