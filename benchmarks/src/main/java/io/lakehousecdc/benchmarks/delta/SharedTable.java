// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import io.lakehousecdc.benchmarks.harness.Directory;
import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The measurement of one, two and four tasks of a worker on one table that four partitions feed:
 * the same number of commits of random updates, spread over the tasks.
 *
 * @param directory where the tables are made
 * @param rows of the table
 * @param commits of all tasks together
 * @param changes in each commit
 */
record SharedTable(Path directory, int rows, int commits, int changes) {
  private static final TableId TABLE = new TableId("public", "orders");
  private static final int PARTITIONS = 4;

  /** A task with the changes of its commits. */
  private record Load(OrdersTask task, List<List<RowChange>> batches) {
    void commitAll() {
      for (int i = 0; i < batches.size(); i++) {
        task.commit(Map.of(TABLE, batches.get(i)), lsn(i));
      }
    }

    /** Above that of the rows that the table begins with. */
    static long lsn(int batch) {
      return batch + 2L;
    }
  }

  void measure() throws IOException, InterruptedException, ExecutionException {
    double one = 0;
    for (int tasks = 1; tasks <= PARTITIONS; tasks *= 2) {
      Path root = Files.createTempDirectory(directory, "delta-benchmark-");
      try {
        double perSecond = measure(root, tasks, one);
        one = one == 0 ? perSecond : one;
      } finally {
        Directory.delete(root);
      }
    }
  }

  private double measure(Path root, int tasks, double one)
      throws InterruptedException, ExecutionException {
    List<Load> loads = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      loads.add(load(root, i, tasks));
    }
    ExecutorService threads = Executors.newFixedThreadPool(tasks);
    try {
      long start = System.nanoTime();
      List<Future<?>> running = new ArrayList<>();
      loads.forEach(load -> running.add(threads.submit(load::commitAll)));
      for (Future<?> each : running) {
        each.get();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      long done = loads.stream().mapToLong(load -> load.batches.size()).sum() * changes;
      Result.of("delta")
          .with("what", "tasks")
          .with("tasks", tasks)
          .with("rows", rows)
          .with("changes", changes)
          .whole("changes_per_s", done / seconds)
          .ratio("ratio_to_one", done / seconds, one)
          .with("conflicts", loads.get(0).task.figure("delta-commit-conflicts"))
          .print();
      return done / seconds;
    } finally {
      threads.shutdown();
      loads.forEach(load -> load.task.close());
    }
  }

  /** A task, whose part of the rows it has written, and what it is to commit. */
  private Load load(Path root, int number, int tasks) {
    Set<SourcePartition> partitions = new HashSet<>();
    for (int i = number; i < PARTITIONS; i += tasks) {
      partitions.add(new SourcePartition("shop.public.orders", i));
    }
    OrdersTask task = new OrdersTask(root, number, Map.of(TABLE, partitions));
    List<Long> ids = new ArrayList<>();
    for (long id = number; id < rows; id += tasks) {
      ids.add(id);
    }
    task.commit(Map.of(TABLE, task.changes(ids, 1, Operation.READ)), 1);
    SplittableRandom random = new SplittableRandom(number);
    List<List<RowChange>> batches = new ArrayList<>();
    for (int i = 0; i < commits / tasks; i++) {
      Set<Long> some = new HashSet<>();
      while (some.size() < Math.min(changes, ids.size())) {
        some.add(ids.get(random.nextInt(ids.size())));
      }
      batches.add(task.changes(List.copyOf(some), Load.lsn(i), Operation.UPDATE));
    }
    return new Load(task, batches);
  }
}
