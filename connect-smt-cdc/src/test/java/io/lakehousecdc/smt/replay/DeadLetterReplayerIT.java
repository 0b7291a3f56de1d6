// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.KafkaBroker;
import io.lakehousecdc.testkit.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Test of the replay command with a real broker and a real database. */
class DeadLetterReplayerIT {
  private static KafkaBroker kafka;

  private String output = "";

  @BeforeAll
  static void start() {
    kafka = KafkaBroker.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void topicIsReplayedOnceToWhereItsLettersCameFrom() {
    kafka.client().createTopic("orders", 3);
    kafka.client().createTopic("orders.dlq", 2);
    byte[] binary = {0, (byte) 0xff, 3};
    kafka
        .client()
        .produce(
            List.of(
                new ProducerRecord<>(
                    "orders.dlq",
                    0,
                    bytes("k1"),
                    binary,
                    headers("dlq.original.topic", "orders", "dlq.original.partition", "2")),
                new ProducerRecord<>(
                    "orders.dlq",
                    1,
                    bytes("k2"),
                    null,
                    headers(
                        "__connect.errors.topic", "orders",
                        "__connect.errors.partition", "1",
                        "__connect.errors.exception.message", "boom",
                        "dlq.retries", "1",
                        "kept", "yes")),
                new ProducerRecord<>(
                    "orders.dlq",
                    1,
                    bytes("k3"),
                    bytes("v3"),
                    headers("dlq.original.topic", "orders", "dlq.retries", "3"))));

    assertEquals(3, run("--topic", "orders.dlq"), this::output);
    assertTrue(output().contains("Replayed 2; left 1 at the limit of 3 retries"), output());
    List<ConsumerRecord<byte[], byte[]>> replayed = kafka.client().consume("orders");
    assertEquals(2, replayed.size());
    assertEquals(1, replayed.get(0).partition());
    assertNull(replayed.get(0).value());
    assertEquals(Map.of("dlq.retries", "2", "kept", "yes"), headers(replayed.get(0)));
    assertEquals(2, replayed.get(1).partition());
    assertEquals(3, replayed.get(1).value().length);
    assertEquals(Map.of("dlq.retries", "1"), headers(replayed.get(1)));

    assertEquals(0, run("--topic", "orders.dlq"), this::output);
    assertEquals(2, kafka.client().count("orders"), "the group remembers its place");
    assertEquals(3, run("--topic", "orders.dlq", "--group", "another"), this::output);
    assertEquals(4, kafka.client().count("orders"));
  }

  @Test
  void lettersWithoutHeadersNeedATopicGiven() {
    kafka.client().createTopic("plain", 1);
    kafka.client().createTopic("plain.dlq", 1);
    kafka.client().produce("plain.dlq", 0, "k", "v");
    assertEquals(0, run("--topic", "plain.dlq", "--original-topic", "plain"), this::output);
    assertEquals(List.of("v"), kafka.client().values("plain"));
  }

  @Test
  void tableIsReplayedAndItsRowsAreDeleted() throws SQLException {
    kafka.client().createTopic("customers", 2);
    try (PostgresServer postgres = PostgresServer.start();
        Connection connection = postgres.connect();
        Statement sql = connection.createStatement()) {
      sql.execute(
          "create table dead_letters (topic text not null, partition int, \"offset\" bigint,"
              + " key text, value text, op text, error_class text, error_message text,"
              + " created_at timestamptz, retries int not null)");
      sql.execute(
          "insert into dead_letters values"
              + " ('customers', 1, 5, '{\"id\":1}', '{\"op\":\"u\"}', 'u', 'E', 'm', now(), 0),"
              + " ('customers', 1, 4, '{\"id\":2}', null, null, 'E', 'm', now() - interval '1h', 2),"
              + " ('customers', null, null, null, 'tired', null, 'E', 'm', now(), 3)");
      sql.execute(
          "insert into dead_letters select 'customers', 0, n, 'k' || n, 'v' || n, 'c', 'E', 'm',"
              + " now(), 0 from generate_series(1, 1200) n");
      sql.execute(
          "update dead_letters set value = '{\"repaired\":true}' where \"offset\" = 5"
              + " and partition = 1");

      int code =
          run(
              Map.of("DLQ_JDBC_PASSWORD", postgres.password()),
              "--table",
              "public.dead_letters",
              "--jdbc-url",
              postgres.jdbcUrl(),
              "--jdbc-user",
              postgres.user());
      assertEquals(3, code, this::output);
      assertTrue(output().contains("Replayed 1202; left 1 at the limit"), output());
      List<ConsumerRecord<byte[], byte[]>> replayed = kafka.client().consume("customers");
      assertEquals(1_202, replayed.size());
      ConsumerRecord<byte[], byte[]> older = replayed.get(1_200);
      assertNull(older.value());
      assertEquals(Map.of("dlq.retries", "3"), headers(older));
      ConsumerRecord<byte[], byte[]> repaired = replayed.get(1_201);
      assertEquals("{\"id\":1}", new String(repaired.key(), StandardCharsets.UTF_8));
      assertEquals("{\"repaired\":true}", new String(repaired.value(), StandardCharsets.UTF_8));
      try (ResultSet left = sql.executeQuery("select value from dead_letters")) {
        assertTrue(left.next());
        assertEquals("tired", left.getString(1));
        assertTrue(!left.next());
      }
    }
  }

  @Test
  void missingTopicIsAFailureThatSaysSo() {
    assertEquals(1, run("--topic", "absent.dlq"));
    assertTrue(output().contains("There is no topic absent.dlq"), output());
  }

  @Test
  void wrongOptionsShowTheUsage() {
    ReplayRun run = ReplayRun.of("--topic", "x");
    assertEquals(2, run.exitCode());
    output = run.output();
    assertTrue(output().contains("--bootstrap is missing"), output());
    assertTrue(output().contains("From a table:"), output());
  }

  private int run(String... arguments) {
    return run(Map.of(), arguments);
  }

  private int run(Map<String, String> environment, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "--bootstrap";
    all[1] = kafka.bootstrapServers();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    ReplayRun run = ReplayRun.of(environment, all);
    output = run.output();
    return run.exitCode();
  }

  private String output() {
    return output;
  }

  private static List<Header> headers(String... namesAndValues) {
    return java.util.stream.IntStream.range(0, namesAndValues.length / 2)
        .<Header>mapToObj(
            i -> new RecordHeader(namesAndValues[2 * i], bytes(namesAndValues[2 * i + 1])))
        .toList();
  }

  private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
    Map<String, String> headers = new java.util.HashMap<>();
    record
        .headers()
        .forEach(
            header ->
                headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
    return headers;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
