// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import io.lakehousecdc.benchmarks.delta.RemoteStore.Requests;
import io.lakehousecdc.benchmarks.delta.SparkPeer.Merged;
import io.lakehousecdc.benchmarks.harness.Directory;
import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.measure.Latencies;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * The measurement of a store whose every request takes a while: of commits of random changes, of
 * the opening of a table with a long log, and of a flush of many tables beside one.
 *
 * @param latency of a request
 * @param commits measured
 * @param changes in each
 * @param sparkBatches batches that Spark merges, too; 0 for none
 * @param tableChanges of each table in a flush of many
 */
record RemoteCommits(
    Duration latency, int commits, int changes, int sparkBatches, int tableChanges) {
  private static final int OPENED_COMMITS = 1_000;
  private static final int TABLES = 10;
  private static final int FLUSHES = 20;
  private static final int WARM_UP = 5;

  void measure(List<Integer> sizes) throws IOException, InterruptedException {
    try (RemoteStore store = new RemoteStore(latency)) {
      for (int rows : sizes) {
        commits(store, rows);
      }
      opening(store);
      double one = flush(store, 1);
      double ten = flush(store, TABLES);
      result("flush")
          .with("tables", TABLES)
          .with("changes", tableChanges)
          .whole("median_ms", ten)
          .whole("one_table_ms", one)
          .ratio("ratio_to_one", ten, one)
          .print();
    }
  }

  private Result result(String what) {
    return Result.of("delta").with("what", "s3-" + what).with("latency_ms", latency.toMillis());
  }

  /** The table is filled without the store, which has its files all the same. */
  private void commits(RemoteStore store, int rows) throws IOException, InterruptedException {
    Place place = store.place();
    try (OrdersTable table = new OrdersTable(place.direct())) {
      table.fill(rows);
    }
    Path peers = Files.createTempDirectory("delta-benchmark-spark-");
    try {
      SparkPeer spark = new SparkPeer(peers, s3a(store.place().root()), store.hadoop());
      measure(store, place, rows, spark);
    } finally {
      Directory.delete(peers);
    }
  }

  private static String s3a(String root) {
    return root.replaceFirst("^s3:", "s3a:");
  }

  private void measure(RemoteStore store, Place place, int rows, SparkPeer spark)
      throws IOException, InterruptedException {
    double median;
    long before;
    long after = 0;
    try (OrdersTable table = new OrdersTable(place)) {
      for (int i = 0; i < WARM_UP; i++) {
        table.commit(table.randomChanges(changes));
      }
      Latencies wall = new Latencies();
      Latencies inSequence = new Latencies();
      long requests = 0;
      before = table.version();
      store.requests();
      for (int i = 0; i < commits; i++) {
        List<RowChange> batch = table.randomChanges(changes);
        requests += store.requests().count();
        wall.add(table.commit(batch).wall());
        Requests made = store.requests();
        requests += made.count();
        inSequence.add(made.inSequence() * 1_000_000L);
        if (spark.kept() < sparkBatches) {
          spark.keep(batch);
          after = table.version();
        }
      }
      median = wall.quantileMillis(0.5);
      Result result =
          result("commits")
              .with("rows", rows)
              .with("changes", changes)
              .with("commits", commits)
              .whole("median_ms", median)
              .whole("p99_ms", wall.quantileMillis(0.99))
              .whole("round_trips_median", inSequence.quantileMillis(0.5))
              .ratio("requests_per_commit", requests, commits);
      table.gauges().entrySet().stream()
          .filter(
              gauge ->
                  gauge.getKey().startsWith("delta-store-")
                      || gauge.getKey().startsWith("delta-commit-"))
          .forEach(gauge -> result.with(gauge.getKey().replace('-', '_'), gauge.getValue()));
      result.print();
    }
    if (sparkBatches > 0) {
      Merged merged = spark.merge(s3a(place.root()) + "/public/orders", before, after);
      double sparks = merged.merges().quantileMillis(0.5);
      result("spark-merge")
          .with("rows", rows)
          .with("changes", changes)
          .with("merges", merged.merges().size())
          .whole("median_ms", sparks)
          .ratio("ratio_to_lakehouse", sparks, median)
          .with("equal", merged.equal())
          .print();
    }
  }

  /** Half of the commits add a file, the others only take rows out of one. */
  private void opening(RemoteStore store) throws IOException {
    Map<String, String> alone = Map.of("delta.compaction", "false", "delta.vacuum", "false");
    Place place = store.place();
    try (OrdersTable table = new OrdersTable(place.direct().with(alone))) {
      table.fill(100);
      for (int i = 1; i < OPENED_COMMITS; i++) {
        if (i % 2 == 0) {
          table.fill(100);
        } else {
          table.commit(table.deletes(1));
        }
      }
    }
    store.requests();
    long start = System.nanoTime();
    try (OrdersTable table = new OrdersTable(place.with(alone))) {
      double loaded = (System.nanoTime() - start) / 1e6;
      Requests loading = store.requests();
      table.commit(table.randomChanges(10));
      double committed = (System.nanoTime() - start) / 1e6;
      Requests first = store.requests();
      result("open")
          .with("commits", OPENED_COMMITS)
          .with("files", OPENED_COMMITS / 2)
          .whole("open_ms", loaded)
          .with("requests", loading.count())
          .with("round_trips", loading.inSequence())
          .whole("first_commit_ms", committed - loaded)
          .with("first_commit_requests", first.count())
          .print();
    }
  }

  /** Median of a flush in milliseconds. */
  private double flush(RemoteStore store, int tables) throws IOException {
    Map<TableId, Set<SourcePartition>> feeding = new HashMap<>();
    for (int i = 0; i < tables; i++) {
      feeding.put(
          new TableId("public", "orders" + i),
          Set.of(new SourcePartition("shop.public.orders" + i, 0)));
    }
    Latencies wall = new Latencies();
    try (OrdersTask task = new OrdersTask(store.place(), 0, feeding)) {
      for (int i = 0; i < WARM_UP + FLUSHES; i++) {
        long lsn = i + 1;
        List<Long> ids =
            LongStream.range(0, tableChanges)
                .map(id -> id + lsn * tableChanges / 2)
                .boxed()
                .toList();
        Map<TableId, List<RowChange>> rows = new HashMap<>();
        feeding
            .keySet()
            .forEach(table -> rows.put(table, task.changes(ids, lsn, Operation.UPDATE)));
        long start = System.nanoTime();
        task.commit(rows, lsn);
        if (i >= WARM_UP) {
          wall.add(System.nanoTime() - start);
        }
      }
    }
    return wall.quantileMillis(0.5);
  }
}
