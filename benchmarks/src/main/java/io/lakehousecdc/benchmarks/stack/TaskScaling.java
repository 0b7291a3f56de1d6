// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.stack;

import io.lakehousecdc.benchmarks.harness.Directory;
import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.load.Layout;
import io.lakehousecdc.benchmarks.load.Servers;
import io.lakehousecdc.benchmarks.load.TopicLoad;
import io.lakehousecdc.benchmarks.load.Wire;
import io.lakehousecdc.benchmarks.measure.WorkerJmx;
import io.lakehousecdc.testkit.ConnectWorker;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.Map;

/**
 * The measurement of one, two and four tasks of a worker, on a topic of four partitions and on four
 * topics of a table each, with the shipped converter.
 *
 * @param name name at the beginning of each result line
 */
public record TaskScaling(String name, Servers servers, TopicLoad load, Side side) {
  /** Kafka's default would give topics of one partition all to one task. */
  private static final String ASSIGNOR =
      "org.apache.kafka.clients.consumer.CooperativeStickyAssignor";

  /** What a number of tasks achieved, from when each had partitions. */
  private record Measured(double eventsPerSecond, double cpuMicros, boolean equal) {}

  /** Measures and prints the results. */
  public void measure() throws IOException, SQLException {
    for (Layout layout : Layout.values()) {
      layout.fill(servers, load);
      double one = 0;
      for (int tasks = 1; tasks <= Layout.PARTS; tasks *= 2) {
        Measured measured = measure(layout, tasks);
        one = one == 0 ? measured.eventsPerSecond : one;
        Result.of(name)
            .with("side", side)
            .with("layout", layout)
            .with("tasks", tasks)
            .whole("events_per_s", measured.eventsPerSecond)
            .ratio("ratio_to_one", measured.eventsPerSecond, one)
            .tenths("worker_cpu_us", measured.cpuMicros)
            .with("equal", measured.equal)
            .print();
      }
      layout.topics().forEach(servers.kafka().client()::deleteTopic);
    }
  }

  private Measured measure(Layout layout, int tasks) throws IOException, SQLException {
    String run = "%s_%s_%d".formatted(name.replace('-', '_'), layout, tasks);
    PostgresDatabase database = servers.target().createDatabase(run);
    Destination destination =
        new Destination(database, Files.createTempDirectory("lakehousecdc-benchmark-delta-"));
    servers.target().execute("checkpoint");
    try (ConnectWorker worker = servers.worker(run).start();
        WorkerJmx jmx = WorkerJmx.attach(worker.pid())) {
      double idle = jmx.cpuSeconds();
      Map<String, String> configuration = side.configuration(Wire.JSON_CACHED, destination);
      configuration.put("topics.regex", "spread\\.public\\.orders.*");
      configuration.put("tasks.max", "" + tasks);
      configuration.put("consumer.override.partition.assignment.strategy", ASSIGNOR);
      worker.rest().register(run, configuration);
      Connectors.await(
          "all tasks have partitions", run, worker, () -> jmx.assignedTasks(run) == tasks);
      long before = jmx.recordsPut(run);
      long start = System.nanoTime();
      Connectors.await(
          "the last record is applied",
          run,
          worker,
          () -> jmx.recordsPut(run) >= load.events() && jmx.sinkFigure(run, "BufferedEvents") == 0);
      double seconds = (System.nanoTime() - start) / 1e9;
      double cpu = jmx.cpuSeconds() - idle;
      worker.rest().stop(run);
      return new Measured(
          (load.events() - before) / seconds,
          1e6 * cpu / load.events(),
          isEqual(layout, destination));
    } finally {
      Directory.delete(destination.deltaRoot());
      servers.target().execute("drop database %s with (force)".formatted(run));
    }
  }

  private boolean isEqual(Layout layout, Destination destination) throws IOException, SQLException {
    try (Probe probe = side.probe(destination, load.shape(), layout.tables())) {
      return load.shape().fingerprint(load.database()).equals(probe.fingerprint());
    }
  }
}
