// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests of all sources of config/: each file, POSTed unchanged, emits what config/README.md says.
 */
class SourceFilesIT {
  private static final SampleShop SHOP = new SampleShop();
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String CUSTOMERS = "shop.public.customers";
  private static final String ORDERS = "shop.public.orders";

  private static final Map<String, Runnable> PROMISES =
      Map.ofEntries(
          entry("source/plain.json", SourceFilesIT::changesArrive),
          entry("source/truncate.json", SourceFilesIT::truncatesArrive),
          entry("source/heartbeat.json", SourceFilesIT::theSourceBeats),
          entry("source/incremental-snapshot.json", SourceFilesIT::aSignalReadsTheTableAgain),
          entry("source/transaction-metadata.json", SourceFilesIT::transactionsBeginAndEnd),
          entry("source/schemaless.json", SourceFilesIT::eventsHaveNoSchema),
          entry("source/avro-apicurio.json", SourceFilesIT::eventsAreAvro),
          entry("source/avro-confluent.json", SourceFilesIT::changesArrive),
          entry("source/outbox.json", SourceFilesIT::outboxRowsAreRouted),
          entry("smt/source-dedup.json", SourceFilesIT::theTransformSeesAll),
          entry("smt/source-dlq-router.json", SourceFilesIT::aValueTooLargeIsRoutedAway));

  static Stream<String> files() {
    return SampleShop.files("source", "smt").stream()
        .filter(file -> file.startsWith("source/") || file.startsWith("smt/source-"));
  }

  @BeforeEach
  void reset() {
    SHOP.reset();
  }

  @AfterAll
  static void end() {
    SHOP.reset();
  }

  @ParameterizedTest(name = "config/{0}")
  @MethodSource("files")
  void emitsWhatItPromises(String file) {
    Runnable promise = PROMISES.get(file);
    assertNotNull(promise, () -> "nothing here says what config/%s promises".formatted(file));
    SHOP.post(file);
    promise.run();
  }

  private static void changesArrive() {
    awaitEvents(ORDERS, event -> event.path("op").asText().equals("r"), 500);
    SHOP.change();
    for (String op : List.of("c", "u")) {
      awaitEvents(CUSTOMERS, event -> event.path("op").asText().equals(op), 1);
    }
    awaitEvents(ORDERS, event -> event.path("op").asText().equals("d"), 1);
  }

  private static void truncatesArrive() {
    changesArrive();
    SHOP.source().execute("truncate orders");
    awaitEvents(ORDERS, event -> event.path("op").asText().equals("t"), 1);
  }

  /** The snapshot finds the table empty, so what arrives was written by the action query. */
  private static void theSourceBeats() {
    awaitEvents(
        "shop.public.debezium_heartbeat",
        event -> event.at("/after/system_identifier").asLong() != 0,
        1);
    assertEquals(1, SHOP.source().number("select count(*) from debezium_heartbeat"));
  }

  private static void aSignalReadsTheTableAgain() {
    changesArrive();
    SHOP.source()
        .execute(
            "insert into debezium_signal values (gen_random_uuid(), 'execute-snapshot',"
                + " '{\"data-collections\": [\"public.orders\"], \"type\": \"incremental\"}')");
    awaitEvents(ORDERS, event -> event.at("/source/snapshot").asText().equals("incremental"), 499);
  }

  private static void transactionsBeginAndEnd() {
    changesArrive();
    for (String status : List.of("BEGIN", "END")) {
      awaitEvents("shop.transaction", event -> event.path("status").asText().equals(status), 4);
    }
    awaitEvents(CUSTOMERS, event -> event.at("/transaction/id").isTextual(), 2);
  }

  private static void eventsHaveNoSchema() {
    changesArrive();
    for (ConsumerRecord<byte[], byte[]> each : SHOP.kafka().consume(ORDERS)) {
      assertTrue(each.value() == null || !text(each.value()).contains("\"schema\":{"));
    }
  }

  /** Whether a value begins with a zero byte and a schema id of four bytes, as by Confluent. */
  private static void eventsAreAvro() {
    Await.untilEquals(500L, () -> SHOP.kafka().count(ORDERS));
    SHOP.change();
    Await.untilEquals(502L, () -> SHOP.kafka().count(ORDERS)); // the delete and its tombstone
    for (ConsumerRecord<byte[], byte[]> each : SHOP.kafka().consume(ORDERS)) {
      for (byte[] bytes : new byte[][] {each.key(), each.value()}) {
        assertTrue(bytes == null || (bytes[0] == 0 && bytes[1] == 0), each::toString);
      }
    }
  }

  private static void outboxRowsAreRouted() {
    SHOP.source()
        .execute(
            "insert into outbox values (gen_random_uuid(), 'order', 'order-7', 'OrderPlaced',"
                + " '{\"total\": 12}')");
    awaitEvents("shop.outbox.order", event -> event.path("total").asInt() == 12, 1);
    ConsumerRecord<byte[], byte[]> routed = SHOP.kafka().consume("shop.outbox.order").get(0);
    assertEquals("order-7", json(routed.key()).asText());
    assertEquals("OrderPlaced", text(routed.headers().lastHeader("event_type").value()));
  }

  private static void theTransformSeesAll() {
    changesArrive();
    assertTrue(
        metric("lakehousecdc_lsn_dedup_seen_total", "id=\"shop-source-") >= 624,
        "events seen by LsnDedup");
  }

  private static void aValueTooLargeIsRoutedAway() {
    changesArrive();
    SHOP.source()
        .execute(
            "insert into customers (name, email, notes) values ('Large', '', repeat('x', 1000000))",
            "insert into customers (name, email) values ('After', '')");
    awaitEvents(CUSTOMERS, event -> event.at("/after/name").asText().equals("After"), 1);
    String letters = "dlq." + CUSTOMERS;
    awaitEvents(letters, event -> event.at("/after/name").asText().equals("Large"), 1);
    Headers headers = SHOP.kafka().consume(letters).get(0).headers();
    assertEquals(CUSTOMERS, text(headers.lastHeader("dlq.original.topic").value()));
    assertEquals(1, metric("lakehousecdc_dlq_router_rejected_total", "id=\"shop-"));
  }

  private static double metric(String name, String labels) {
    return Exposition.of(Lab.stack().worker().metrics()).sum(name, labels);
  }

  private static void awaitEvents(String topic, Predicate<JsonNode> kind, int count) {
    Await.until(
        "%d such events in %s".formatted(count, topic),
        Duration.ofSeconds(60),
        () ->
            "it has " + SHOP.kafka().values(topic).stream().map(SourceFilesIT::shortened).toList(),
        () ->
            SHOP.kafka().consume(topic).stream()
                    .filter(each -> each.value() != null && kind.test(json(each.value())))
                    .count()
                >= count);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  private static String shortened(String value) {
    return value == null ? "null" : value.substring(0, Math.min(200, value.length()));
  }

  /** A JSON document's payload, or the document itself if it has no schema. */
  private static JsonNode json(byte[] bytes) {
    try {
      JsonNode document = MAPPER.readTree(bytes);
      return document.has("payload") ? document.get("payload") : document;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
