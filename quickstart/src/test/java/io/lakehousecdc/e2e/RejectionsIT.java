// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.KafkaClient;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cases of docs/DELIVERY.md on records that cannot be applied, in all targets. */
class RejectionsIT {
  private static final KafkaClient KAFKA = Lab.stack().kafka().client();

  @Test
  void case32RecordsThatConcernNoTableArePassedAndUnknownOnesSetAside() {
    try (Scenario shop =
        new Scenario("others", "create table case32 (id int primary key, v text)")
            .set("heartbeat.interval.ms", "200")
            .set("provide.transaction.metadata", "true")) {
      // Matches the heartbeats, the boundaries of transactions and the logical messages, too.
      Replicas copies = shop.replicas("copies", ".*" + shop.name + "(\\..*)?");
      copies.each("settings", RejectionsIT::keepRejected);
      shop.start();
      shop.source.execute(
          "insert into case32 values (1, 'one')",
          "select pg_logical_emit_message(true, 'prefix', 'content')",
          "select pg_logical_emit_message(false, 'prefix', 'content')");
      copies.awaitEqual("case32");
      ConsumerRecord<byte[], byte[]> real = KAFKA.consume(shop.topic("case32")).get(0);
      String event = new String(real.value(), StandardCharsets.UTF_8);
      String key = new String(real.key(), StandardCharsets.UTF_8);
      produce(shop, "case32", key, event.replace("\"op\":\"c\"", "\"op\":\"x\""));
      produce(shop, "case32", key, "{\"schema\":{\"type\":\"string\"},\"payload\":\"no event\"}");
      shop.source.execute("insert into case32 values (2, 'two')");
      copies.awaitEqual("case32");
      for (String topic : List.of(shop.name + ".transaction", shop.name + ".message")) {
        Await.until(topic + " has records", () -> KAFKA.count(topic) > 1);
      }
      Await.until("heartbeats", () -> KAFKA.count("__debezium-heartbeat." + shop.name) > 0);
      copies.each("rejected", replica -> awaitRejected(replica, 2));
      copies.each(
          "offsets",
          replica ->
              Await.until(
                  "the sink has passed every record",
                  () ->
                      KAFKA.groupOffsets("connect-" + replica.sinkName()).entrySet().stream()
                          .filter(offset -> !offset.getKey().topic().contains("heartbeat"))
                          .allMatch(
                              offset ->
                                  offset.getValue() >= KAFKA.count(offset.getKey().topic()))));
    }
  }

  @Test
  void case33RecordsThatCannotBeAppliedAreSetAsideAndThoseAroundThemApplied() {
    try (Scenario shop =
        new Scenario(
            "malformed", "create table case33 (id int primary key, v text, d date, n int)")) {
      Replicas copies = shop.replicas("copies");
      copies.each("settings", RejectionsIT::keepRejected);
      copies
          .postgres()
          .execute("create table case33 (id int primary key, v varchar(8), d date, n int)");
      shop.source.execute("insert into case33 values (1, 'one', '2024-02-29', 1)");
      shop.start();
      copies.awaitEqual("case33");
      ConsumerRecord<byte[], byte[]> real = KAFKA.consume(shop.topic("case33")).get(0);
      String event = new String(real.value(), StandardCharsets.UTF_8);
      String key = new String(real.key(), StandardCharsets.UTF_8);
      produce(shop, "case33", key, "{not json");
      produce(shop, "case33", key, event.replace("\"op\":\"r\"", "\"op\":null"));
      produce(
          shop, "case33", key, event.replaceAll("\"payload\":.*", "\"payload\":{\"op\":\"u\"}}"));
      // The first does not fit PostgreSQL's table, the second fits no Delta table.
      shop.source.execute(
          "insert into case33 values (2, 'two', null, 2)",
          "insert into case33 values (3, 'too long for the warehouse', null, 3)",
          "insert into case33 values (4, 'four', 'infinity', 4)",
          "insert into case33 values (5, 'five', null, 5)");
      copies.inPostgres().awaitRows("case33", List.of("id"), ids(1, 2, 4, 5));
      copies.inDelta().awaitRows("case33", List.of("id"), ids(1, 2, 3, 5));
      copies.each("rejected", replica -> awaitRejected(replica, 4));
      awaitLetter(copies.inPostgres(), "too long for the warehouse", "case33");
      awaitLetter(copies.inDelta(), "four", "infinite date");
    }
  }

  @Test
  void case27ATableWithoutAKeyIsLoggedInAppendModeAndRefusedInUpsertMode() {
    try (Scenario shop =
        new Scenario(
            "keyless",
            "create table case27 (v text)",
            "alter table case27 replica identity full",
            "insert into case27 values ('x'), ('x'), ('x')")) {
      Replicas log = shop.replicas("log").set("write.mode", "append");
      Replicas refused = shop.replicas("refused");
      shop.registerSource(shop.sourceName());
      log.start();
      refused.all().forEach(Replica::register);
      refused.each(
          "refusal",
          replica -> {
            String trace = Scenario.connect().awaitFailed(replica.sinkName());
            assertTrue(
                trace.contains("case27")
                    && trace.contains("key.columns")
                    && trace.contains("write.mode=append"),
                trace);
          });
      log.awaitRows(
          "case27",
          List.of("v", "_cdc_op"),
          List.of(List.of("x", "r"), List.of("x", "r"), List.of("x", "r")));
      shop.source.execute("delete from case27 where ctid = '(0,2)'");
      log.awaitRows(
          "case27",
          List.of("v", "_cdc_op"),
          List.of(List.of("x", "r"), List.of("x", "r"), List.of("x", "r"), List.of("x", "d")));
    }
  }

  /** The queue's producer holds the record back for an hour, or finds no broker. */
  @ParameterizedTest
  @CsvSource({"linger.ms, 3600000", "bootstrap.servers, 127.0.0.1:1"})
  void queueThatDoesNotAnswerFailsTheTaskWithTheReason(String setting, String value) {
    try (Scenario shop = new Scenario("deaf", "create table deaf (id int primary key)")) {
      Replicas copies = shop.replicas("copies");
      copies.each(
          "settings",
          replica -> {
            keepRejected(replica);
            replica.settings.remove("dead.letter.table");
            replica.settings.put("retry.timeout.ms", "3000");
            replica.settings.put("producer.override." + setting, value);
          });
      shop.source.execute("insert into deaf values (1)");
      shop.start();
      copies.awaitEqual("deaf");
      produce(shop, "deaf", null, "{\"schema\":{\"type\":\"string\"},\"payload\":\"no event\"}");
      copies.each(
          "failure",
          replica -> {
            String trace = Scenario.connect().awaitFailed(replica.sinkName());
            assertTrue(trace.contains("dead letter queue has not answered"), trace);
          });
    }
  }

  private static void keepRejected(Replica replica) {
    replica.settings.put("errors.tolerance", "all");
    replica.settings.put("errors.deadletterqueue.topic.name", queue(replica));
    replica.settings.put("errors.deadletterqueue.topic.replication.factor", "1");
    replica.settings.put("dead.letter.table", "public.dead_letters");
  }

  private static String queue(Replica replica) {
    return "dlq." + replica.sinkName();
  }

  private static void produce(Scenario shop, String table, String key, String value) {
    KAFKA.produce(shop.topic(table), 0, key, value);
  }

  private static void awaitRejected(Replica replica, long count) {
    Await.untilEquals(count, () -> KAFKA.count(queue(replica)));
  }

  /** Waits until the table of rejected records has one with such a value and such a reason. */
  private static void awaitLetter(Replica replica, String value, String reason) {
    Await.until(
        "dead letter about " + reason,
        () ->
            replica.warehouse.rows("dead_letters", List.of("value", "error_message")).stream()
                .anyMatch(row -> row.get(0).contains(value) && row.get(1).contains(reason)));
  }

  private static List<List<String>> ids(int... ids) {
    return Arrays.stream(ids).mapToObj(id -> List.of(Integer.toString(id))).toList();
  }
}
