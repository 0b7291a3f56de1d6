package io.lakehousecdc.benchmarks.postgres;

import io.lakehousecdc.benchmarks.ProjectFile;
import io.lakehousecdc.benchmarks.Result;
import io.lakehousecdc.benchmarks.load.Orders;
import io.lakehousecdc.benchmarks.load.Servers;
import io.lakehousecdc.benchmarks.load.SteadyWriter;
import io.lakehousecdc.benchmarks.load.SteadyWriter.Inserted;
import io.lakehousecdc.benchmarks.load.Wire;
import io.lakehousecdc.benchmarks.measure.Latencies;
import io.lakehousecdc.benchmarks.measure.WorkerJmx;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectRest;
import io.lakehousecdc.testkit.ConnectWorker;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long after its commit at the source an insert is visible in the target, under steady single
 * row transactions, with the shipped configurations of source and sink as they are.
 */
final class Freshness {
  private static final Path SOURCE = ProjectFile.at("config/source/plain.json");
  private static final Path SINK = ProjectFile.at("config/sink/postgres-upsert.json");
  private static final int ROWS = 100_000;
  private static final int WARM_UP_SECONDS = 20;
  private static final long POLL_NANOS = 3_000_000;
  private static final double MICROS_PER_MILLI = 1000;

  private final int perSecond;
  private final int seconds;
  private final String workerHeap;

  Freshness(int perSecond, int seconds, String workerHeap) {
    this.workerHeap = workerHeap;
    this.perSecond = perSecond;
    this.seconds = seconds;
  }

  /** Runs on servers of its own, and prints the result line. */
  void measure() throws SQLException, InterruptedException, ExecutionException {
    try (Servers servers = Servers.start(List.of(Wire.JSON), workerHeap)) {
      PostgresDatabase shop = servers.source().createDatabase("shop");
      shop.execute(
          "create table customers (id bigint primary key)",
          "create table products (id bigint primary key)");
      Orders.create(shop, ROWS);
      PostgresDatabase warehouse = servers.target().createDatabase("warehouse");
      try (ConnectWorker worker =
              servers
                  .worker("benchmark-freshness")
                  .environment("WAREHOUSE_URL", warehouse.jdbcUrl())
                  .start();
          WorkerJmx jmx = WorkerJmx.attach(worker.pid());
          TargetProbe probe = TargetProbe.of(warehouse)) {
        String sink = register(worker.rest());
        Await.until(
            "the snapshot is in the target",
            () -> warehouse.number("select count(*) from orders") == ROWS);
        SteadyWriter writer = new SteadyWriter(shop, ROWS, perSecond, WARM_UP_SECONDS + seconds);
        Followed followed = follow(writer, probe);
        double beanP50 = jmx.sinkFigure(sink, "FreshnessP50Micros") / MICROS_PER_MILLI;
        double beanP99 = jmx.sinkFigure(sink, "FreshnessP99Micros") / MICROS_PER_MILLI;
        Result.of("freshness")
            .whole("p50_ms", followed.latencies().quantileMillis(0.5))
            .whole("p99_ms", followed.latencies().quantileMillis(0.99))
            .whole("metric_p50_ms", beanP50)
            .whole("metric_p99_ms", beanP99)
            .whole("transactions_per_s", followed.transactionsPerSecond())
            .whole("rate_asked", perSecond)
            .with("samples", followed.latencies().size())
            .with("equal", Orders.fingerprint(shop).equals(Orders.fingerprint(warehouse)))
            .print();
      }
    }
  }

  private record Followed(Latencies latencies, double transactionsPerSecond) {}

  private static String register(ConnectRest connect) {
    connect.awaitRunning(connect.register(SOURCE));
    String sink = connect.register(SINK);
    connect.awaitRunning(sink);
    return sink;
  }

  /** Lets the writer write, and sees its inserts arrive; returns when all have. */
  private static Followed follow(SteadyWriter writer, TargetProbe probe)
      throws SQLException, InterruptedException, ExecutionException {
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

  /** The oldest insert not yet dealt with, if it is visible; null where it is not. */
  private static Inserted head(SteadyWriter writer, long visible) {
    Inserted oldest = writer.inserted().peek();
    return oldest != null && oldest.id() <= visible ? oldest : null;
  }
}
