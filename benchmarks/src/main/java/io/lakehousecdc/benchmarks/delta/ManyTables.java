// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import io.lakehousecdc.benchmarks.harness.Directory;
import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.measure.Latencies;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.DeltaTargetFactory;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * The measurement of a task of many tables, each fed by a partition of its own: flushes that change
 * every table, what they take of the process, and the time that a new task needs to begin.
 *
 * @param directory where the tables are made
 * @param tables number of tables
 * @param flushes after the one that makes the tables
 * @param changes of each table in a flush
 */
record ManyTables(Path directory, int tables, int flushes, int changes) {

  void measure() throws IOException {
    Path root = Files.createTempDirectory(directory, "delta-benchmark-");
    try {
      measure(root);
    } finally {
      Directory.delete(root);
    }
  }

  private void measure(Path root) {
    Result result = Result.of("delta").with("what", "tables").with("tables", tables);
    Latencies took = new Latencies();
    try (OrdersTask task = new OrdersTask(root, 0, feeding(tables))) {
      result.whole("first_ms", flush(task, 1) / 1e6);
      ManagementFactory.getThreadMXBean().resetPeakThreadCount();
      for (int i = 0; i < flushes; i++) {
        took.add(flush(task, i + 2));
      }
      double median = took.quantileMillis(0.5);
      result
          .whole("median_ms", median)
          .whole("p99_ms", took.quantileMillis(0.99))
          .ratio(
              "ratio_to_interval",
              median,
              new DeltaTargetFactory().flushDefaults().intervalMillis())
          .with("threads", ManagementFactory.getThreadMXBean().getPeakThreadCount());
      System.gc();
      result
          .whole(
              "heap_mb", used(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()))
          .whole("direct_mb", used(direct()));
    }
    result.whole("load_ms", begin(root, tables)).whole("load_tenth_ms", begin(root, tables / 10));
    result.print();
  }

  private static double used(long bytes) {
    return bytes / 1048576.0;
  }

  private static long direct() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static double begin(Path root, int tables) {
    long start = System.nanoTime();
    try (OrdersTask task = new OrdersTask(root, 0, feeding(tables))) {
      double millis = (System.nanoTime() - start) / 1e6;
      task.figure("delta-commit-conflicts");
      return millis;
    }
  }

  private long flush(OrdersTask task, long lsn) {
    List<Long> ids = LongStream.range(0, changes).map(id -> id + lsn / 2).boxed().toList();
    Map<TableId, List<RowChange>> rows = new HashMap<>();
    for (int i = 0; i < tables; i++) {
      rows.put(table(i), task.changes(ids, lsn, Operation.UPDATE));
    }
    long start = System.nanoTime();
    task.commit(rows, lsn);
    return System.nanoTime() - start;
  }

  private static Map<TableId, Set<SourcePartition>> feeding(int tables) {
    Map<TableId, Set<SourcePartition>> feeding = new HashMap<>();
    for (int i = 0; i < tables; i++) {
      feeding.put(table(i), Set.of(new SourcePartition("shop.public.orders" + i, 0)));
    }
    return feeding;
  }

  private static TableId table(int number) {
    return new TableId("public", "orders" + number);
  }
}
