// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.postgres;

import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.load.Servers;
import io.lakehousecdc.benchmarks.load.TopicLoad;
import io.lakehousecdc.benchmarks.load.Wire;
import io.lakehousecdc.benchmarks.measure.WorkerJmx;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectWorker;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * The measurement of the source: how fast Debezium's initial snapshot gets into Kafka with a
 * converter, from the first record in the topic to the last. A new worker for each converter.
 */
final class SourceSnapshot {
  private static final Duration PATIENCE = Duration.ofHours(1);

  private final Servers servers;
  private final PostgresDatabase database;

  SourceSnapshot(Servers servers, TopicLoad load) {
    this.servers = servers;
    database = load.database();
  }

  /** Measures a converter and prints the result line. */
  void measure(Wire wire) throws InterruptedException, ExecutionException {
    String name = "snapshot_" + wire.name().toLowerCase(java.util.Locale.ROOT);
    long rows = database.number("select count(*) from orders");
    TopicPartition partition = new TopicPartition(name + ".public.orders", 0);
    servers.kafka().client().createTopic(partition.topic(), 1);
    Map<String, String> configuration = wire.source();
    configuration.put("topic.prefix", name);
    configuration.put("table.include.list", "public.orders");
    configuration.put("slot.name", name);
    configuration.put("publication.name", name);
    try (ConnectWorker worker = servers.worker(name).start();
        WorkerJmx jmx = WorkerJmx.attach(worker.pid())) {
      worker.rest().register(name, configuration);
      await("the first row is in " + partition, () -> end(partition) > 0);
      long first = end(partition);
      long start = System.nanoTime();
      double idle = jmx.cpuSeconds();
      await("all rows are in " + partition, () -> end(partition) >= rows);
      double seconds = (System.nanoTime() - start) / 1e9;
      Result.of("postgres-source")
          .with("converter", wire)
          .whole("snapshot_rows_per_s", (rows - first) / seconds)
          .tenths("worker_cpu_us", 1e6 * (jmx.cpuSeconds() - idle) / (rows - first))
          .print();
      worker.rest().stop(name);
      worker.rest().delete(name);
    }
    await("the slot is free", () -> isFree(name));
    database.execute("select pg_drop_replication_slot('%s')".formatted(name));
  }

  private boolean isFree(String slot) {
    return database.number(
            "select count(*) from pg_replication_slots where slot_name = '%s' and active"
                .formatted(slot))
        == 0;
  }

  private static void await(String what, java.util.concurrent.Callable<Boolean> condition) {
    Await.until(what, PATIENCE, () -> "", condition);
  }

  private long end(TopicPartition partition) throws InterruptedException, ExecutionException {
    return servers
        .kafka()
        .client()
        .admin()
        .listOffsets(Map.of(partition, OffsetSpec.latest()))
        .partitionResult(partition)
        .get()
        .offset();
  }
}
