// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.stack;

import io.lakehousecdc.benchmarks.harness.Directory;
import io.lakehousecdc.benchmarks.harness.ProjectFile;
import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.load.Servers;
import io.lakehousecdc.benchmarks.load.Shape;
import io.lakehousecdc.benchmarks.load.SteadyWriter;
import io.lakehousecdc.benchmarks.load.SteadyWriter.Inserted;
import io.lakehousecdc.benchmarks.load.Wire;
import io.lakehousecdc.benchmarks.measure.Effort;
import io.lakehousecdc.benchmarks.measure.Latencies;
import io.lakehousecdc.benchmarks.measure.WorkerJmx;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectRest;
import io.lakehousecdc.testkit.ConnectWorker;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The measurement of freshness: the time from an insert's commit at the source until it is visible
 * in the target, under steady single row transactions, with the shipped configurations of source
 * and sink.
 */
public final class Freshness {
  private static final Path SOURCE = ProjectFile.at("config/source/plain.json");
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int ROWS = 100_000;
  private static final int WARM_UP_SECONDS = 20;
  private static final long POLL_NANOS = 3_000_000;
  private static final long LAST_CHANGES_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final double MICROS_PER_MILLI = 1000;

  private final Side side;
  private final int perSecond;
  private final int seconds;
  private final String workerHeap;

  /**
   * @param side a side of this project
   * @param perSecond transactions
   * @param workerHeap greatest heap of the worker, as {@code -Xmx} takes it
   */
  public Freshness(Side side, int perSecond, int seconds, String workerHeap) {
    this.side = side;
    this.perSecond = perSecond;
    this.seconds = seconds;
    this.workerHeap = workerHeap;
  }

  /** Runs on servers of its own, and prints the result line. */
  public void measure() throws SQLException, IOException, InterruptedException, ExecutionException {
    try (Servers servers = Servers.start(List.of(Wire.JSON), workerHeap)) {
      PostgresDatabase shop = servers.source().createDatabase("shop");
      shop.execute(
          "create table customers (id bigint primary key)",
          "create table products (id bigint primary key)");
      Shape.ORDERS.create(shop, ROWS);
      Destination warehouse =
          new Destination(
              servers.target().createDatabase("warehouse"),
              Files.createTempDirectory("lakehousecdc-benchmark-delta-"));
      try (ConnectWorker worker =
              servers
                  .worker("benchmark-freshness")
                  .environment("WAREHOUSE_URL", warehouse.database().jdbcUrl())
                  .environment("DELTA_ROOT", warehouse.deltaRoot().toString())
                  .start();
          WorkerJmx jmx = WorkerJmx.attach(worker.pid());
          Probe probe = side.probe(warehouse, Shape.ORDERS)) {
        String sink = register(worker.rest(), side.file());
        Await.until(
            "the snapshot is in the target",
            PATIENCE,
            () -> jmx.recordsPut(sink) >= ROWS && probe.highestId() >= ROWS);
        SteadyWriter writer = new SteadyWriter(shop, ROWS, perSecond, WARM_UP_SECONDS + seconds);
        Effort effort = Effort.of(servers.target(), probe.session(), jmx, sink);
        Followed followed = follow(writer, probe);
        Result result = effort.addTo(Result.of("freshness").with("side", side));
        double beanP50 = jmx.sinkFigure(sink, "FreshnessP50Micros") / MICROS_PER_MILLI;
        double beanP99 = jmx.sinkFigure(sink, "FreshnessP99Micros") / MICROS_PER_MILLI;
        result
            .whole("commit_p50_ms", jmx.sinkFigure(sink, "CommitTimeP50Micros") / MICROS_PER_MILLI)
            .whole("p50_ms", followed.latencies().quantileMillis(0.5))
            .whole("p99_ms", followed.latencies().quantileMillis(0.99))
            .whole("metric_p50_ms", beanP50)
            .whole("metric_p99_ms", beanP99)
            .whole("transactions_per_s", followed.transactionsPerSecond())
            .whole("rate_asked", perSecond)
            .with("samples", followed.latencies().size())
            .with("equal", becomesEqual(shop, probe))
            .print();
      } finally {
        Directory.delete(warehouse.deltaRoot());
      }
    }
  }

  private record Followed(Latencies latencies, double transactionsPerSecond) {}

  private static String register(ConnectRest connect, Path file) {
    connect.awaitRunning(connect.register(SOURCE));
    String sink = connect.register(file);
    connect.awaitRunning(sink);
    return sink;
  }

  /** Runs the writer and waits until all its inserts are visible. */
  private static Followed follow(SteadyWriter writer, Probe probe)
      throws SQLException, IOException, InterruptedException, ExecutionException {
    Latencies latencies = new Latencies();
    long warm = System.nanoTime() + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Double> writing = thread.submit(writer);
      while (!writing.isDone() || !writer.inserted().isEmpty()) {
        long visible = probe.highestId();
        long now = System.nanoTime();
        for (Inserted row = head(writer, visible); row != null; row = head(writer, visible)) {
          writer.inserted().remove();
          if (row.beforeCommitNanos() >= warm) {
            latencies.add(now - row.beforeCommitNanos());
          }
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
      return new Followed(latencies, writing.get());
    } finally {
      thread.shutdownNow();
    }
  }

  /** Changes behind the last insert may still be under way. */
  private static boolean becomesEqual(PostgresDatabase shop, Probe probe)
      throws SQLException, IOException {
    String expected = Shape.ORDERS.fingerprint(shop);
    long giveUp = System.nanoTime() + LAST_CHANGES_NANOS;
    boolean equal = false;
    while (!equal && System.nanoTime() - giveUp < 0) {
      equal = expected.equals(probe.fingerprint());
    }
    return equal;
  }

  /** The oldest insert not yet dealt with, if it is visible; null where it is not. */
  private static Inserted head(SteadyWriter writer, long visible) {
    Inserted oldest = writer.inserted().peek();
    return oldest != null && oldest.id() <= visible ? oldest : null;
  }
}
