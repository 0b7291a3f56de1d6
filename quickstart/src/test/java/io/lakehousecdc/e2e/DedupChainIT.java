// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectRest;
import io.lakehousecdc.testkit.KafkaClient;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Test of a chain of source, {@code LsnDedup} and sink under rewinds of every kind, compared with
 * the same chain without the transform. An upsert table shows lost rows, an append table lost
 * changes.
 */
class DedupChainIT {
  private static final long SEED = 20_261_121;
  private static final int ROUNDS = 6;
  private static final int PARTITIONS = 3;
  private static final List<String> CHANGE = List.of("id", "_cdc_op", "_cdc_lsn");

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Stack STACK = Lab.stack();
  private static final ConnectRest CONNECT = STACK.connect();
  private static final KafkaClient KAFKA = STACK.kafka().client();

  private final Random random = new Random(SEED);
  private Scenario shop;
  private Copy rows;
  private Copy rowsDeduplicated;
  private Copy log;
  private Copy logDeduplicated;

  /** A sink and its database, which can be restored to the backup of {@link #backUp}. */
  private record Copy(Replica sink, PostgresDatabase database) {
    void backUp() {
      database.execute(
          "drop table if exists backup_load, backup_offsets",
          "begin transaction isolation level repeatable read;"
              + " create table backup_load as table load;"
              + " create table backup_offsets as table _cdc_offsets; commit");
    }

    /** Restores while the sink runs, so that its task has to rewind. It may win a deadlock. */
    void restore() {
      Await.until(
          "restored",
          () -> {
            database.execute(
                "begin; lock table load, _cdc_offsets; delete from load; delete from _cdc_offsets;"
                    + " insert into load select * from backup_load;"
                    + " insert into _cdc_offsets select * from backup_offsets; commit");
            return true;
          });
    }

    /** Next offset of a partition in the warehouse. */
    long offset(TopicPartition partition) {
      return database.number(
          "select next_offset from _cdc_offsets where topic = '%s' and partition = %d"
              .formatted(partition.topic(), partition.partition()));
    }

    List<List<String>> changes() {
      return sink.warehouse.rows("load", CHANGE);
    }
  }

  @BeforeEach
  void start() {
    shop =
        new Scenario("dedup", Load.TABLE)
            // If reading resumes at a tombstone, append mode gets one more delete: see
            // docs/DELIVERY.md.
            .set("tombstones.on.delete", "false")
            .set("topic.creation.default.partitions", Integer.toString(PARTITIONS))
            .set("topic.creation.default.replication.factor", "1");
    rows = copy("rows", Map.of());
    log = copy("log", Map.of("write.mode", "append"));
    rowsDeduplicated = copy("rows_dedup", Map.of());
    logDeduplicated = copy("log_dedup", Map.of("write.mode", "append"));
    for (Copy copy : List.of(rowsDeduplicated, logDeduplicated)) {
      copy.sink.settings.putAll(deduplicated(copy));
    }
    shop.start();
    sinks().forEach(Replica::register);
    sinks().forEach(Replica::awaitRunning);
  }

  @AfterEach
  void end() {
    sinks().forEach(Replica::delete);
    shop.close();
  }

  @Test
  void rewindsAndRestartsLoseNothingThatTheChainWithoutTheTransformHas() {
    write();
    assertEqual();
    for (int round = 0; round < ROUNDS; round++) {
      copies().forEach(Copy::backUp);
      write();
      disturb(round);
      write();
      sinks().forEach(Replica::awaitRunning);
    }
    assertEqual();

    emitEndAgain();
    shop.source.execute("insert into load select g, 'end', 0 from generate_series(20001, 20100) g");
    assertEqual();
    for (Copy copy : List.of(rowsDeduplicated, logDeduplicated)) {
      assertTrue(dropped(copy) > 0, "LsnDedup has dropped nothing");
    }
  }

  /** Every kind once, in random order by the seed; then random kinds. */
  private void disturb(int round) {
    switch ((round + (int) (SEED % 4)) % 4) {
      case 0 -> sinks().forEach(sink -> CONNECT.restart(sink.sinkName()));
      case 1 -> copies().forEach(this::moveOffsetsBack);
      case 2 -> copies().forEach(Copy::restore);
      default -> {
        STACK.worker().kill9();
        STACK.worker().restart();
      }
    }
  }

  private void moveOffsetsBack(Copy copy) {
    String sink = copy.sink.sinkName();
    CONNECT.stop(sink);
    // While a restored warehouse has not caught up, Kafka's offsets are ahead of it.
    KAFKA
        .groupOffsets("connect-" + sink)
        .forEach(
            (partition, offset) ->
                CONNECT.alterSinkOffset(
                    sink,
                    partition.topic(),
                    partition.partition(),
                    random.nextLong(Math.min(offset, copy.offset(partition)) + 1)));
    CONNECT.resume(sink);
  }

  /** Emits the end of each partition again in order, as a source that lost its latest offsets. */
  private void emitEndAgain() {
    List<ConsumerRecord<byte[], byte[]>> all = KAFKA.consume(shop.topic("load"));
    Map<TopicPartition, Long> ends = KAFKA.endOffsets(shop.topic("load"));
    KAFKA.produce(
        all.stream()
            .filter(
                event ->
                    event.offset()
                        >= ends.get(new TopicPartition(event.topic(), event.partition())) - 50)
            .map(
                event ->
                    new ProducerRecord<>(
                        event.topic(),
                        event.partition(),
                        event.timestamp(),
                        event.key(),
                        event.value(),
                        event.headers()))
            .toList());
  }

  private void assertEqual() {
    SourceTable source = new SourceTable(shop.source, "load");
    rows.sink.awaitEqual(source);
    rowsDeduplicated.sink.awaitEqual(source);
    List<List<String>> emitted = emittedChanges();
    Await.untilEquals(Difference.NONE, () -> Difference.of(emitted, log.changes()));
    Await.untilEquals(Difference.NONE, () -> Difference.of(emitted, logDeduplicated.changes()));
  }

  /** Differences of two lists, for the message of a failure. */
  private record Difference(List<List<String>> missing, List<List<String>> unexpected) {
    static final Difference NONE = new Difference(List.of(), List.of());

    static Difference of(List<List<String>> expected, List<List<String>> actual) {
      return new Difference(without(expected, actual), without(actual, expected));
    }

    private static List<List<String>> without(List<List<String>> some, List<List<String>> others) {
      Set<List<String>> left = new LinkedHashSet<>(some);
      others.forEach(left::remove);
      return List.copyOf(left);
    }
  }

  /** The records of the topic. */
  private List<List<String>> emittedChanges() {
    return KAFKA.values(shop.topic("load")).stream().map(DedupChainIT::change).toList();
  }

  private static List<String> change(String event) {
    try {
      JsonNode payload = MAPPER.readTree(event).get("payload");
      String op = payload.get("op").asText();
      JsonNode row = payload.get(op.equals("d") ? "before" : "after");
      return List.of(row.get("id").asText(), op, payload.at("/source/lsn").asText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Copy copy(String what, Map<String, String> settings) {
    String name = shop.name + "_" + what;
    PostgresWarehouse warehouse = PostgresWarehouse.create(name);
    Replica sink = new Replica(name, warehouse, shop.name + "\\.public\\.load");
    sink.settings.put("tasks.max", "2");
    sink.settings.putAll(settings);
    return new Copy(sink, warehouse.database());
  }

  private static Map<String, String> deduplicated(Copy copy) {
    return Map.of(
        "transforms", "dedup",
        "transforms.dedup.type", "io.lakehousecdc.smt.LsnDedup",
        "transforms.dedup.metrics.id", copy.sink.sinkName());
  }

  private static double dropped(Copy copy) {
    return Exposition.of(STACK.worker().metrics())
        .sum("lakehousecdc_lsn_dedup_dropped_total", "id=\"" + copy.sink.sinkName() + "-");
  }

  private Stream<Copy> copies() {
    return Stream.of(rows, rowsDeduplicated, log, logDeduplicated);
  }

  private List<Replica> sinks() {
    return copies().map(Copy::sink).toList();
  }

  /** Returns before the last changes have arrived. */
  private void write() {
    try (Load load = new Load(shop.source, random.nextLong())) {
      int statements = 100 + random.nextInt(300);
      Await.until(statements + " statements", () -> load.statements() >= statements);
    }
  }
}
