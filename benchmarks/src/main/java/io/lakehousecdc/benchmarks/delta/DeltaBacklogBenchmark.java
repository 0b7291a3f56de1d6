// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.lakehousecdc.benchmarks.harness.Benchmark;
import io.lakehousecdc.benchmarks.harness.Directory;
import io.lakehousecdc.benchmarks.harness.Options;
import io.lakehousecdc.benchmarks.harness.Options.Option;
import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.harness.TaskRun;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.DebeziumTypes;
import io.lakehousecdc.testkit.TableEvent;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The benchmark of a backlog: a snapshot and the changes after it, which the task reads as fast as
 * it can. It runs in this JVM, on records that are made as they are needed, and shows which files
 * that leaves, how much of them is written again, and what an event costs.
 */
public final class DeltaBacklogBenchmark implements Benchmark {
  private static final String ROWS = "rows";
  private static final String CHANGES = "changes";
  private static final String DIRECTORY = "directory";
  private static final String SETTINGS = "settings";
  private static final int POLL = 500;
  private static final long SNAPSHOT_LSN = 1_000;
  private static final Duration LOOK = Duration.ofMillis(200);

  /** Longer than compaction pauses after the last commit. */
  private static final Duration REST = Duration.ofSeconds(15);

  private static final DebeziumTable ORDERS =
      DebeziumRecords.table("public", "orders")
          .key("id", Schema.INT64_SCHEMA)
          .column("customer", Schema.STRING_SCHEMA)
          .column("amount", DebeziumTypes.decimal(12, 2).optional().build())
          .column("currency", Schema.STRING_SCHEMA)
          .column("quantity", Schema.INT32_SCHEMA)
          .column("note", Schema.OPTIONAL_STRING_SCHEMA)
          .column("status", Schema.STRING_SCHEMA)
          .column("region", Schema.INT32_SCHEMA)
          .column("updated_at", DebeziumTypes.microTimestamp().optional().build());

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final SplittableRandom random = new SplittableRandom(7);
  private long offset;

  /** Processor time in nanoseconds, and bytes allocated by threads that live. */
  private record Cost(long nanos, long bytes) {
    Cost plus(Cost other) {
      return new Cost(nanos + other.nanos, bytes + other.bytes);
    }

    Cost minus(Cost other) {
      return new Cost(nanos - other.nanos, bytes - other.bytes);
    }
  }

  @Override
  public List<Option> options() {
    return List.of(
        new Option(ROWS, "3000000", "rows of the snapshot"),
        new Option(CHANGES, "500000", "updates of random rows after it"),
        new Option(SETTINGS, "", "further settings of the sink: key=value,key=value"),
        new Option(DIRECTORY, System.getProperty("java.io.tmpdir"), "where the table is made"));
  }

  @Override
  public void run(Options options) throws Exception {
    Path root = Files.createTempDirectory(Path.of(options.text(DIRECTORY)), "delta-benchmark-");
    Map<String, String> configuration = new HashMap<>();
    configuration.put("name", "backlog");
    configuration.put("topics", ORDERS.topic());
    configuration.put("target", "delta");
    configuration.put("delta.root", root.toString());
    for (String setting : options.text(SETTINGS).split(",")) {
      if (!setting.isBlank()) {
        configuration.put(
            setting.substring(0, setting.indexOf('=')),
            setting.substring(setting.indexOf('=') + 1));
      }
    }
    int rows = options.number(ROWS);
    try (TaskRun task = TaskRun.start(configuration, new TopicPartition(ORDERS.topic(), 0))) {
      measure("snapshot", task, root, rows, rows);
      measure("changes", task, root, options.number(CHANGES), rows);
      task.finish();
    } finally {
      Directory.delete(root);
    }
  }

  private void measure(String what, TaskRun task, Path root, int events, int rows)
      throws Exception {
    boolean isSnapshot = what.equals("snapshot");
    TableLogFigures before = TableLogFigures.of(root);
    Cost start = total();
    long began = System.nanoTime();
    Cost made = new Cost(0, 0);
    for (int done = 0; done < events; done += POLL) {
      Cost mark = ofThisThread();
      List<SinkRecord> poll = new ArrayList<>(POLL);
      for (int i = done; i < Math.min(events, done + POLL); i++) {
        poll.add((isSnapshot ? row(i) : change(random.nextInt(rows))).at(0, offset++));
      }
      made = made.plus(ofThisThread().minus(mark));
      task.put(poll);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    awaitRest(task, root);
    Cost cost = total().minus(start).minus(made);
    TableLogFigures figures = TableLogFigures.of(root).minus(before);
    Result.of("delta-backlog")
        .with("what", what)
        .with("events", events)
        .whole("events_per_s", events / seconds)
        .tenths("cpu_us", cost.nanos / 1e3 / events)
        .whole("allocated_bytes", (double) cost.bytes / events)
        .with("commits", figures.commits())
        .with("files", figures.files())
        .with("file_kb", figures.bytes() / 1024 / Math.max(1, figures.files()))
        .with("compacted_files", figures.filesCompacted())
        .ratio("compacted_to_written", figures.bytesCompacted(), figures.bytes())
        .print();
  }

  /** Returns when everything is committed, and compaction has found nothing more to do. */
  private static void awaitRest(TaskRun task, Path root) throws Exception {
    TableLogFigures last = null;
    for (long since = System.nanoTime(); System.nanoTime() - since < REST.toNanos(); ) {
      task.put(List.of());
      Thread.sleep(LOOK.toMillis());
      TableLogFigures now = TableLogFigures.of(root);
      if (!now.equals(last)) {
        last = now;
        since = System.nanoTime();
      }
    }
  }

  private TableEvent row(long id) {
    return ORDERS.snapshot(SNAPSHOT_LSN, values(id));
  }

  private TableEvent change(long id) {
    long lsn = SNAPSHOT_LSN + offset;
    return ORDERS.update(lsn, lsn + 1, values(id));
  }

  private Object[] values(long id) {
    return new Object[] {
      id,
      "customer-" + random.nextInt(100_000),
      BigDecimal.valueOf(random.nextInt(10_000_000), 2),
      "EUR",
      random.nextInt(100),
      "note " + Long.toHexString(random.nextLong()),
      "open",
      random.nextInt(50),
      1_700_000_000_000_000L + random.nextInt(1_000_000_000)
    };
  }

  private Cost total() {
    long bytes = 0;
    for (long each : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
      bytes += Math.max(0, each);
    }
    return new Cost(system.getProcessCpuTime(), bytes);
  }

  private Cost ofThisThread() {
    return new Cost(threads.getCurrentThreadCpuTime(), threads.getCurrentThreadAllocatedBytes());
  }
}
