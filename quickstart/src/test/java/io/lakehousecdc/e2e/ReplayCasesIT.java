// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.KafkaClient;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The cases of docs/DELIVERY.md with orders of records that a healthy source and broker do not
 * produce: the tests write Debezium's own events, byte for byte, into the topics that the sinks
 * read.
 */
class ReplayCasesIT {
  private static final KafkaClient KAFKA = Lab.stack().kafka().client();
  private static Scenario shop;
  private static Replicas copies;
  private static Replicas log;

  @BeforeAll
  static void start() {
    shop =
        new Scenario(
            "replay",
            "create table case8 (id int primary key, v text)",
            "create table case31 (id int primary key, v text)",
            "create table case36 (id int primary key, v text)",
            "create table case38 (id int primary key, v text)");
    copies = shop.replicas("copies", shop.name + "\\.replayed\\..*").withVersions();
    log = shop.replicas("log", shop.name + "\\.replayed\\.case8").set("write.mode", "append");
    KAFKA.createTopic(replayed("case8"), 1);
    KAFKA.createTopic(replayed("case31"), 1);
    KAFKA.createTopic(replayed("case36"), 1);
    KAFKA.createTopic(replayed("case38"), 2);
    shop.start();
  }

  @AfterAll
  static void end() {
    shop.close();
  }

  @Test
  void case8ASuffixThatTheSourceEmitsAgainChangesNothing() {
    shop.source.execute(
        "insert into case8 values (1, 'first')",
        "update case8 set v = 'second'",
        "delete from case8",
        "insert into case8 values (1, 'third')",
        "insert into case8 values (2, 'kept')");
    List<ConsumerRecord<byte[], byte[]>> events = awaitEvents("case8", 6);
    replay("case8", 0, events);
    copies.awaitEqual("case8");
    List<List<String>> logged =
        List.of(
            List.of("1", "first", "c"),
            List.of("1", "second", "u"),
            List.of("1", "third", "c"),
            List.of("2", "kept", "c"));
    awaitLogged(logged);

    replay("case8", 0, events.subList(1, events.size()));
    shop.source.execute("insert into case8 values (3, 'after')");
    replay("case8", 0, awaitEvents("case8", 7).subList(6, 7));
    copies.awaitEqual("case8");
    log.each(
        "log of case8",
        replica ->
            replica.awaitRows(
                "case8",
                List.of("id", "_cdc_op"),
                List.of(
                    List.of("1", "c"),
                    List.of("1", "u"),
                    List.of("1", "d"),
                    List.of("1", "c"),
                    List.of("2", "c"),
                    List.of("3", "c"))));
  }

  @Test
  void case31ATombstoneWithoutItsDeleteRemovesTheRow() {
    shop.source.execute("insert into case31 values (1, 'a'), (2, 'b')");
    List<ConsumerRecord<byte[], byte[]>> events = awaitEvents("case31", 2);
    replay("case31", 0, events);
    copies.awaitEqual("case31");
    KAFKA.produce(List.of(new ProducerRecord<>(replayed("case31"), 0, events.get(0).key(), null)));
    copies.awaitRows("case31", List.of("id", "v"), List.of(List.of("2", "b")));
  }

  @Test
  void case36ATopicThatIsDeletedAndCreatedAnewIsReadFromItsStart() {
    shop.source.execute("insert into case36 select g, 'old' from generate_series(1, 5) g");
    replay("case36", 0, awaitEvents("case36", 5));
    copies.awaitEqual("case36");

    KAFKA.deleteTopic(replayed("case36"));
    KAFKA.createTopic(replayed("case36"), 1);
    shop.source.execute("update case36 set v = 'new' where id <= 3");
    replay("case36", 0, awaitEvents("case36", 8).subList(5, 8));
    copies.awaitEqual("case36");
    shop.source.execute("update case36 set v = 'newer'");
    replay("case36", 0, awaitEvents("case36", 13).subList(8, 13));
    copies.awaitEqual("case36");
  }

  @Test
  void case38ARowStaysDeletedWhenAnOlderUpdateComesFromAnotherPartition() {
    shop.source.execute(
        "insert into case38 values (1, 'a')",
        "update case38 set v = 'b'",
        "delete from case38",
        "insert into case38 values (2, 'marks the end')");
    List<ConsumerRecord<byte[], byte[]>> events = awaitEvents("case38", 5);
    replay("case38", 0, events.subList(0, 1));
    copies.awaitRows("case38", List.of("id", "v"), List.of(List.of("1", "a")));
    replay("case38", 1, events.subList(2, 4));
    copies.awaitRows("case38", List.of("id", "v"), List.of());
    replay("case38", 0, List.of(events.get(1), events.get(4)));
    copies.awaitRows("case38", List.of("id", "v"), List.of(List.of("2", "marks the end")));
  }

  /** All distinct changes in order. */
  private static void awaitLogged(List<List<String>> changes) {
    log.each(
        "log of case8",
        replica ->
            Await.untilEquals(
                Texts.sorted(changes),
                () ->
                    Texts.sorted(
                        replica.warehouse.rows("case8", List.of("id", "v", "_cdc_op")).stream()
                            .filter(row -> !row.get(2).equals("d"))
                            .toList())));
  }

  private static String replayed(String table) {
    return shop.name + ".replayed." + table;
  }

  /** The events of a table with tombstones, once there are this many. */
  private static List<ConsumerRecord<byte[], byte[]>> awaitEvents(String table, int count) {
    Await.untilEquals((long) count, () -> KAFKA.count(shop.topic(table)));
    List<ConsumerRecord<byte[], byte[]>> events = KAFKA.consume(shop.topic(table));
    assertEquals(count, events.size());
    return events;
  }

  private static void replay(
      String table, int partition, List<ConsumerRecord<byte[], byte[]>> events) {
    KAFKA.produce(
        events.stream()
            .map(
                event ->
                    new ProducerRecord<>(
                        replayed(table),
                        partition,
                        event.timestamp(),
                        event.key(),
                        event.value(),
                        event.headers()))
            .toList());
  }
}
