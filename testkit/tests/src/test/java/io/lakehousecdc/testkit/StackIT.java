// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One stack for all tests; each follows a row of its own into the topic. */
class StackIT {
  private static final String TOPIC = "src.public.orders";
  private static Stack stack;
  private static PostgresDatabase shop;

  @BeforeAll
  static void startAndSnapshot() {
    stack = Stack.start();
    shop = stack.source().createDatabase("shop");
    shop.execute(
        "create table orders (id bigint primary key, note text)",
        "insert into orders values (1, 'snapshot')");
    stack.connect().register("source", DebeziumSource.configuration(shop, "src", "public.orders"));
    stack.connect().awaitRunning("source");
    awaitInTopic("snapshot");
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      stack.close();
    }
  }

  @Test
  void streamedChangesArrive() {
    shop.execute("insert into orders values (2, 'streamed')");
    awaitInTopic("streamed");
  }

  @Test
  void streamContinuesAfterTheBrokerWasKilled() {
    stack.kafka().kill9();
    shop.execute("insert into orders values (3, 'while the broker is down')");
    stack.kafka().restart();
    awaitInTopic("while the broker is down");
  }

  @Test
  void streamContinuesAfterTheWorkerWasKilled() {
    stack.worker().kill9();
    shop.execute("insert into orders values (4, 'while the worker is down')");
    stack.worker().restart();
    awaitInTopic("while the worker is down");
  }

  @Test
  void streamContinuesAfterTheSourceWasKilled() {
    stack.source().kill9();
    stack.source().restart();
    shop.execute("insert into orders values (5, 'after the source came back')");
    awaitInTopic("after the source came back");
  }

  @Test
  void streamContinuesAfterTheSessionsWereCut() {
    stack.source().terminateSessions("shop");
    shop.execute("insert into orders values (6, 'after the cut')");
    awaitInTopic("after the cut");
  }

  @Test
  void anotherWorkerTakesOver() {
    try (ConnectWorker another = stack.startAnotherWorker()) {
      stack.worker().kill9();
      shop.execute("insert into orders values (7, 'on another worker')");
      awaitInTopic("on another worker");
      another.rest().awaitRunning("source");
      stack.worker().restart();
      another.stop();
    }
    stack.connect().awaitRunning("source");
  }

  @Test
  void connectorCanBePausedStoppedAndResumed() {
    stack.connect().pause("source");
    stack.connect().stop("source");
    stack.connect().resume("source");
    stack.connect().awaitRunning("source");
  }

  @Test
  void pluginsAreNotOnTheWorkersClassPath() {
    assertTrue(
        stack.connect().plugins().contains("io.debezium.connector.postgresql.PostgresConnector"));
    assertTrue(stack.worker().logs().contains("plugins/debezium-connector-postgres"));
  }

  @Test
  void validationNamesTheWrongKey() {
    Map<String, String> wrong = DebeziumSource.configuration(shop, "src", "public.orders");
    wrong.put("poll.interval.ms", "often");
    assertTrue(
        stack
                .connect()
                .validate("io.debezium.connector.postgresql.PostgresConnector", wrong)
                .get("error_count")
                .asInt()
            > 0);
  }

  @Test
  void previousWorkerLoadsThePlugin() {
    try (ConnectWorker previous =
        ConnectWorker.builder(stack.kafka().bootstrapServers())
            .distribution(KafkaDistribution.PREVIOUS)
            .group("previous")
            .plugins(Plugins.debezium())
            .start()) {
      assertEquals("3.9.2", previous.rest().call("GET", "/", null).get("version").asText());
      assertTrue(
          previous.rest().plugins().contains("io.debezium.connector.postgresql.PostgresConnector"));
    }
  }

  @Test
  void topicsCanBeMadeFilledReadAndDeleted() {
    KafkaClient client = stack.kafka().client();
    client.createTopic("t", 2, Map.of("cleanup.policy", "compact"));
    client.produce("t", 1, "k", "v");
    client.produce("t", 0, "k", null);
    assertEquals(Arrays.asList(null, "v"), client.values("t"));
    assertEquals(2, client.count("t"));
    client.deleteTopic("t");
    assertFalse(client.topics().contains("t"));
    assertEquals(Map.of(), client.groupOffsets("connect-none"));
    assertEquals(List.of(), client.values("t"));
  }

  private static void awaitInTopic(String note) {
    Await.until(
        "a record with " + note,
        () ->
            stack.kafka().client().values(TOPIC).stream()
                .anyMatch(value -> value != null && value.contains(note)));
  }
}
