// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.postgres;

import io.lakehousecdc.benchmarks.harness.Benchmark;
import io.lakehousecdc.benchmarks.harness.Options;
import io.lakehousecdc.benchmarks.harness.Options.Option;
import io.lakehousecdc.benchmarks.load.Servers;
import io.lakehousecdc.benchmarks.load.Shape;
import io.lakehousecdc.benchmarks.load.TopicLoad;
import io.lakehousecdc.benchmarks.load.Wire;
import io.lakehousecdc.benchmarks.stack.Comparison;
import io.lakehousecdc.benchmarks.stack.Freshness;
import io.lakehousecdc.benchmarks.stack.Side;
import io.lakehousecdc.benchmarks.stack.TaskScaling;
import io.lakehousecdc.benchmarks.stack.Throughput;
import io.lakehousecdc.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The benchmark of the sink into PostgreSQL, compared with the Debezium JDBC sink and with upper
 * bounds. {@code docs/BENCHMARKS.md} explains each figure.
 */
public final class PostgresBenchmark implements Benchmark {
  /** The parts of the benchmark, each of which can be left out. */
  private enum Part {
    THROUGHPUT,
    INPROCESS,
    SOURCE,
    SHAPES,
    TOPICS,
    TRANSACTIONS,
    TABLES,
    FRESHNESS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A row of a wide table is ten times as large. */
  private static final int SHAPES_SHARE = 10;

  @Override
  public List<Option> options() {
    return List.of(
        new Option(
            "parts",
            "throughput,inprocess,source,shapes,topics,transactions,tables,freshness",
            "what to measure"),
        new Option("rows", "1000000", "rows in the snapshot"),
        new Option("changes", "400000", "changes after it"),
        new Option("converters", "json,json-cached,avro", "converters to compare"),
        new Option("sides", "noop,lakehouse,debezium-jdbc", "sinks to measure"),
        new Option("rounds", "1", "repetitions of the throughput; the median counts"),
        new Option("inprocess-rounds", "3", "the same in-process, after one that compiles code"),
        new Option("tables", "100", "tables that one task writes, one in each commit"),
        new Option("rate", "1000", "transactions per second for freshness"),
        new Option("seconds", "120", "duration of the freshness measurement"),
        new Option(
            "workers", "warm", "cold: as they start; warm: after they have read the topic once"),
        new Option("worker-heap", "2g", "greatest heap of a worker; 2g is Kafka's own default"),
        new Option("recordings", "", "directory for flight recordings of the workers"));
  }

  @Override
  public void run(Options options) throws Exception {
    List<Part> parts = options.choices("parts", Part.class);
    System.out.println(conditions(options));
    if (!Collections.disjoint(
        parts, EnumSet.of(Part.THROUGHPUT, Part.INPROCESS, Part.SOURCE, Part.TOPICS))) {
      onOneTopic(options, parts);
    }
    if (parts.contains(Part.SHAPES)) {
      for (Shape shape : EnumSet.complementOf(EnumSet.of(Shape.ORDERS))) {
        ofShape(shape, options);
      }
    }
    if (parts.contains(Part.TRANSACTIONS)) {
      ofTransactions(options);
    }
    if (parts.contains(Part.TABLES)) {
      try (PostgresServer server = PostgresServer.builder().name("target").durable().start()) {
        new Staging(server).measure(options.number("tables"));
        new ManyTables(server).measure(options.number("tables"));
      }
    }
    if (parts.contains(Part.FRESHNESS)) {
      new Freshness(
              Side.LAKEHOUSE,
              options.number("rate"),
              options.number("seconds"),
              options.text("worker-heap"))
          .measure();
    }
  }

  private static void onOneTopic(Options options, List<Part> parts) throws Exception {
    List<Wire> wires = options.choices("converters", Wire.class);
    try (Servers servers = Servers.start(wires, options.text("worker-heap"))) {
      TopicLoad load =
          TopicLoad.make(
              servers, wires, Shape.ORDERS, options.number("rows"), options.number("changes"));
      System.out.printf("%d events in each topic%n", load.events());
      double plainMicros = 0;
      if (parts.contains(Part.INPROCESS)) {
        InProcess inProcess = new InProcess(servers, load, options.number("inprocess-rounds"));
        inProcess.measure();
        plainMicros = inProcess.plainMicros();
      }
      if (parts.contains(Part.THROUGHPUT)) {
        Comparison.run(
            "postgres",
            new Throughput(servers, load, workers(options), recordings(options)),
            wires,
            options.choices("sides", Side.class),
            options.number("rounds"),
            plainMicros);
      }
      if (parts.contains(Part.SOURCE)) {
        for (Wire wire : wires) {
          new SourceSnapshot(servers, load).measure(wire);
        }
      }
      if (parts.contains(Part.TOPICS)) {
        new TaskScaling("postgres-topics", servers, load, Side.LAKEHOUSE).measure();
      }
    }
  }

  /** A tenth of the rows of the large load, and as many changes, with the shipped converter. */
  private static void ofShape(Shape shape, Options options) throws Exception {
    List<Wire> wires = List.of(Wire.JSON, Wire.JSON_CACHED);
    try (Servers servers = Servers.start(wires, options.text("worker-heap"))) {
      int rows = options.number("rows") / SHAPES_SHARE;
      TopicLoad load = TopicLoad.make(servers, wires, shape, rows, rows);
      Comparison.run(
          "postgres",
          new Throughput(servers, load, workers(options), recordings(options)),
          wires,
          options.choices("sides", Side.class),
          options.number("rounds"),
          0);
    }
  }

  /** The large load, in transactions of ten changes that the source tells of. */
  private static void ofTransactions(Options options) throws Exception {
    List<Wire> wires = List.of(Wire.JSON_CACHED);
    try (Servers servers = Servers.start(wires, options.text("worker-heap"))) {
      TopicLoad load =
          TopicLoad.make(
              servers,
              wires,
              Shape.ORDERS,
              options.number("rows"),
              options.number("changes"),
              Map.of("provide.transaction.metadata", "true"));
      Comparison.run(
          "postgres-transactions",
          new Throughput(servers, load, workers(options), recordings(options)),
          wires,
          List.of(Side.LAKEHOUSE, Side.LAKEHOUSE_ATOMIC),
          options.number("rounds"),
          0);
    }
  }

  private static Throughput.Workers workers(Options options) {
    return options.choice("workers", Throughput.Workers.class);
  }

  private static Optional<Path> recordings(Options options) throws IOException {
    return options.text("recordings").isEmpty()
        ? Optional.empty()
        : Optional.of(
            Files.createDirectories(Path.of(options.text("recordings"))).toAbsolutePath());
  }

  private static String conditions(Options options) {
    return """
        %d cores, Java %s; PostgreSQL %s with fsync; worker JVM %s %s for framework and one task, \
        consumer.max.poll.records=%d
        debezium-jdbc: %s"""
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            Runtime.version(),
            PostgresServer.VERSIONS.get(PostgresServer.VERSIONS.size() - 1),
            Servers.COLLECTOR,
            "-Xmx" + options.text("worker-heap"),
            Servers.POLL_RECORDS,
            Side.DEBEZIUM_JDBC_SETTINGS);
  }
}
