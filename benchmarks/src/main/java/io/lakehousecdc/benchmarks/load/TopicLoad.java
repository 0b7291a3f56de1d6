// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.load;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectRest;
import io.lakehousecdc.testkit.ConnectWorker;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * The topics with the orders' snapshot and changes, one for each record format, made by the real
 * Debezium.
 *
 * @param shape of the table
 * @param database the source, in its final state
 * @param rows in the snapshot
 * @param events in each topic: snapshot, changes, tombstones and the last insert
 */
public record TopicLoad(Shape shape, PostgresDatabase database, int rows, long events) {
  private static final Duration PATIENCE = Duration.ofHours(1);

  /** Makes the topics; their connectors and slots are gone when this returns. */
  public static TopicLoad make(
      Servers servers, Collection<Wire> wires, Shape shape, int rows, int changes) {
    return make(servers, wires, shape, rows, changes, Map.of());
  }

  /**
   * As without them.
   *
   * @param settings further ones of the source connector
   */
  public static TopicLoad make(
      Servers servers,
      Collection<Wire> wires,
      Shape shape,
      int rows,
      int changes,
      Map<String, String> settings) {
    PostgresDatabase database = servers.source().createDatabase("shop");
    shape.create(database, rows);
    try (ConnectWorker worker = servers.worker("benchmark-load").jvmArguments("-Xmx1g").start()) {
      Collection<Wire> writers = onePerTopic(wires);
      for (Wire wire : writers) {
        servers.kafka().client().createTopic(wire.topic(), 1);
        register(worker.rest(), wire, settings);
        awaitEnd(servers, wire, rows);
        System.out.printf("%s: snapshot of %d rows is in the topic%n", wire.format(), rows);
      }
      shape.change(database, changes);
      long events = rows + changes + shape.deletes(database) + 1;
      shape.finish(database);
      for (Wire wire : writers) {
        awaitEnd(servers, wire, events);
        worker.rest().stop(name(wire));
        worker.rest().delete(name(wire));
        dropSlot(database, wire);
      }
      return new TopicLoad(shape, database, rows, events);
    }
  }

  /** Converters that read the same topic write the same bytes. */
  private static Collection<Wire> onePerTopic(Collection<Wire> wires) {
    Map<String, Wire> writers = new LinkedHashMap<>();
    wires.forEach(wire -> writers.put(wire.topic(), wire));
    return writers.values();
  }

  private static void register(ConnectRest connect, Wire wire, Map<String, String> settings) {
    Map<String, String> configuration = wire.source();
    configuration.put("topic.prefix", wire.format());
    configuration.put("table.include.list", "public.orders");
    configuration.put("slot.name", wire.format());
    configuration.put("publication.name", wire.format());
    configuration.putAll(settings);
    connect.register(name(wire), configuration);
    connect.awaitRunning(name(wire));
  }

  private static void dropSlot(PostgresDatabase database, Wire wire) {
    Await.until(
        "slot %s is free".formatted(wire.format()),
        () ->
            database.number(
                    "select count(*) from pg_replication_slots where slot_name = '%s' and active"
                        .formatted(wire.format()))
                == 0);
    database.execute("select pg_drop_replication_slot('%s')".formatted(wire.format()));
  }

  private static String name(Wire wire) {
    return "orders-" + wire.format();
  }

  private static void awaitEnd(Servers servers, Wire wire, long events) {
    long[] last = new long[1];
    Await.until(
        "topic %s holds %d records".formatted(wire.topic(), events),
        PATIENCE,
        () -> "it holds " + last[0],
        () -> {
          last[0] = end(servers, wire);
          return last[0] == events;
        });
  }

  private static long end(Servers servers, Wire wire) throws InterruptedException {
    TopicPartition partition = new TopicPartition(wire.topic(), 0);
    try {
      return servers
          .kafka()
          .client()
          .admin()
          .listOffsets(Map.of(partition, OffsetSpec.latest()))
          .partitionResult(partition)
          .get()
          .offset();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
