// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.KafkaClient;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Test of invalid records on a live topic, refused by any part, and of their replay. Each copy has
 * a sink with {@code DlqRouter}, and another one that stores the dead letter topic in a table.
 */
@TestMethodOrder(OrderAnnotation.class)
class DeadLettersIT {
  private static final KafkaClient KAFKA = Lab.stack().kafka().client();
  private static final String LETTERS = "dead_letters";
  private static final String REJECTED = "rejected";
  private static final List<String> LETTER =
      List.of("offset", "key", "value", "error_message", "retries");
  private static final List<String> ITEM = List.of("id", "v");
  private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";

  private static Scenario shop;
  private static Replicas copies;
  private static String key;
  private static String event;

  /** Records of which four hold a row each, once they are repaired, and the last never does. */
  private enum Bad {
    MALFORMED(11, "Unexpected end-of-input"),
    UNKNOWN_OPERATION(12, "op is none of"),
    NO_KEY(13, "has no key"),
    TOO_LARGE(14, "allowed are 4000"),
    NO_ENVELOPE(15, "no change event");

    final int id;
    final String reason;

    Bad(int id, String reason) {
      this.id = id;
      this.reason = reason;
    }

    String key() {
      return this == NO_KEY ? null : goodKey();
    }

    String goodKey() {
      return key.replace("{\"id\":1}", "{\"id\":%d}".formatted(id));
    }

    String goodValue() {
      return event.replace("\"after\":{\"id\":1,", "\"after\":{\"id\":%d,".formatted(id));
    }

    String value() {
      String good = goodValue();
      return switch (this) {
        case MALFORMED -> good.substring(0, good.length() - 9);
        case UNKNOWN_OPERATION -> good.replace("\"op\":\"c\"", "\"op\":\"x\"");
        case NO_KEY -> good;
        case TOO_LARGE -> good.replace("\"good\"", '"' + "x".repeat(5_000) + '"');
        case NO_ENVELOPE -> "{\"schema\":{\"type\":\"string\"},\"payload\":\"no event\"}";
      };
    }
  }

  @BeforeAll
  static void start() {
    shop = new Scenario("letters", "create table item (id int primary key, v text)");
    copies = shop.replicas("copies");
    copies.each("settings", DeadLettersIT::route);
    shop.start();
    shop.source.execute("insert into item values (1, 'good')");
    copies.awaitEqual("item");
    copies.each("collector", DeadLettersIT::keepTopicInTable);
    ConsumerRecord<byte[], byte[]> real = KAFKA.consume(shop.topic("item")).get(0);
    key = new String(real.key(), UTF_8);
    event = new String(real.value(), UTF_8);
  }

  @AfterAll
  static void end() {
    copies.all().forEach(replica -> Scenario.connect().delete(collector(replica)));
    shop.close();
  }

  @Test
  @Order(1)
  void goodRecordsArriveAndBadOnesAreInTheTopicAndTheTableWithTheirBytesAndTheReason() {
    Map<Bad, Long> offsets = new EnumMap<>(Bad.class);
    for (Bad bad : Bad.values()) {
      offsets.put(bad, KAFKA.produce(shop.topic("item"), 0, bad.key(), bad.value()).offset());
      shop.source.execute("insert into item values (%d, 'around')".formatted(100 + bad.id));
    }
    copies.awaitEqual("item");
    copies.each(
        "topic",
        replica -> Await.untilEquals((long) offsets.size(), () -> KAFKA.count(queue(replica))));
    copies.each("table", replica -> awaitLetters(replica, LETTERS, offsets.size()));
    copies.each("own table", replica -> awaitLetters(replica, REJECTED, offsets.size() - 1));
    offsets.forEach(
        (bad, offset) ->
            copies.each(
                bad.name(),
                replica -> {
                  List<String> letter = letter(replica, LETTERS, offset);
                  assertEquals(bad.key(), letter.get(1));
                  assertEquals(bad.value(), letter.get(2));
                  assertReason(bad, letter);
                  if (bad != Bad.MALFORMED) {
                    assertReason(bad, letter(replica, REJECTED, offset));
                  }
                }));
  }

  @Test
  @Order(2)
  void repairedLettersArriveAndTheOneStillBadIsReplayedNoMoreThanAllowed()
      throws IOException, InterruptedException {
    List<List<String>> expected = new ArrayList<>(new SourceTable(shop.source, "item").rows(ITEM));
    for (Bad bad : Bad.values()) {
      if (bad != Bad.NO_ENVELOPE) {
        repair(bad);
        expected.add(List.of(Integer.toString(bad.id), "good"));
      }
    }
    assertEquals("Replayed 5; left 0 at the limit of 2 retries, 0 without a known topic", replay());
    copies.awaitRows("item", ITEM, expected);
    copies.each("first retry", replica -> awaitRetries(replica, "1"));
    assertEquals("Replayed 1; left 0 at the limit of 2 retries, 0 without a known topic", replay());
    copies.each("second retry", replica -> awaitRetries(replica, "2"));
    assertEquals("Replayed 0; left 1 at the limit of 2 retries, 0 without a known topic", replay());
    assertEquals(1, copies.postgres().number("select count(*) from " + LETTERS));
  }

  private static void route(Replica replica) {
    replica.settings.put("transforms", "route");
    replica.settings.put("transforms.route.type", "io.lakehousecdc.smt.DlqRouter");
    replica.settings.put("transforms.route.max.bytes", "4000");
    replica.settings.put("transforms.route.sink.mode", "table");
    replica.settings.put("dead.letter.table", "public." + REJECTED);
    replica.settings.put("errors.tolerance", "all");
    replica.settings.put("errors.deadletterqueue.topic.name", queue(replica));
    replica.settings.put("errors.deadletterqueue.topic.replication.factor", "1");
    replica.settings.put("errors.deadletterqueue.context.headers.enable", "true");
  }

  /** As config/sink/postgres-dead-letter-topic.json. */
  private static void keepTopicInTable(Replica replica) {
    Map<String, String> settings = new HashMap<>(replica.warehouse.settings());
    settings.put("connector.class", "io.lakehousecdc.sink.LakehouseSinkConnector");
    settings.put("tasks.max", "1");
    settings.put("topics", queue(replica));
    settings.put("dead.letter.table", "public." + LETTERS);
    settings.put("key.converter", BYTES);
    settings.put("value.converter", BYTES);
    settings.put("flush.interval.ms", "100");
    Scenario.connect().register(collector(replica), settings);
    Scenario.connect().awaitRunning(collector(replica));
  }

  private static String queue(Replica replica) {
    return "dlq." + replica.sinkName();
  }

  private static String collector(Replica replica) {
    return replica.sinkName() + "-collector";
  }

  private static void awaitLetters(Replica replica, String table, long count) {
    Await.untilEquals(count, () -> (long) replica.warehouse.rows(table, LETTER).size());
  }

  private static List<String> letter(Replica replica, String table, long offset) {
    return replica.warehouse.rows(table, LETTER).stream()
        .filter(letter -> letter.get(0).equals(Long.toString(offset)))
        .findAny()
        .orElseThrow(() -> new AssertionError("no letter for offset " + offset));
  }

  private static void assertReason(Bad bad, List<String> letter) {
    assertTrue(letter.get(3).contains(bad.reason), letter.get(3));
  }

  private static void awaitRetries(Replica replica, String retries) {
    Await.until(
        "a letter that was replayed " + retries + " times",
        () ->
            replica.warehouse.rows(LETTERS, LETTER).stream()
                .anyMatch(letter -> letter.get(4).equals(retries)));
  }

  /** Repairs a letter, as an operator does by its reason. */
  private static void repair(Bad bad) {
    String update =
        "update %s set key = '%s', value = '%s' where error_message like '%%%s%%'"
            .formatted(LETTERS, bad.goodKey(), bad.goodValue(), bad.reason);
    copies.postgres().execute(update);
  }

  /** Runs the command of docs/DEAD-LETTERS.md; returns the last line that it prints. */
  private static String replay() throws IOException, InterruptedException {
    PostgresDatabase warehouse = copies.postgres();
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            Lab.pluginClassPath() + File.pathSeparator + System.getProperty("java.class.path"),
            "io.lakehousecdc.smt.replay.DeadLetterReplayer",
            "--bootstrap",
            Lab.stack().kafka().bootstrapServers(),
            "--table",
            "public." + LETTERS,
            "--jdbc-url",
            warehouse.jdbcUrl(),
            "--jdbc-user",
            warehouse.user(),
            "--max-retries",
            "2");
    command.environment().put("DLQ_JDBC_PASSWORD", warehouse.password());
    Process process = command.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    process.waitFor();
    return output.substring(output.lastIndexOf('\n') + 1);
  }
}
