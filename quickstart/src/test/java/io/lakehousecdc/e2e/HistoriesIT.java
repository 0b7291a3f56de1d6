// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.testkit.KafkaClient;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests of histories of LSNs on the whole stack and in all targets: of a source that was restored
 * to an earlier state, and of a connector's first transaction.
 */
class HistoriesIT {
  private static final KafkaClient KAFKA = Lab.stack().kafka().client();
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String STOCK = "create table stock (id int primary key, v text)";
  private static final String SALE = "create table sale (id int primary key, v text)";
  private static final List<String> ROW = List.of("id", "v");

  @Test
  void case42ARestoredSourceHasOneHistoryForBusyAndQuietPartitions() {
    try (PostgresServer server = PostgresServer.builder().name("restored").start();
        Scenario shop =
            new Scenario(
                "restored",
                STOCK,
                SALE,
                "insert into stock select g, 'restored' from generate_series(1, 60) g",
                "insert into sale select g, 'restored' from generate_series(1, 60) g")) {
      shop.set("topic.creation.default.replication.factor", "1")
          .set("topic.creation.default.partitions", "3");
      // Each partition has a task of its own.
      Replicas copies = shop.replicas("copies").set("tasks.max", "3").withQueues();
      shop.start();
      shop.advanceLsns();
      shop.source.execute("update stock set v = 'latest'", "update sale set v = 'latest'");
      copies.awaitEqual("stock", "sale");
      Map<Integer, List<String>> stock = keys(shop.topic("stock"));
      Map<Integer, List<String>> sale = keys(shop.topic("sale"));
      assertEquals(3, stock.size());
      assertEquals(3, sale.size());
      int busy = 0;

      PostgresDatabase restored = server.createDatabase(shop.source.name());
      restored.execute(
          STOCK,
          SALE,
          "insert into stock select g, 'restored' from generate_series(1, 60) g",
          "insert into sale select g, 'restored' from generate_series(1, 60) g");
      shop.deleteSource(shop.sourceName());
      shop.readFrom(restored, "restored").set("snapshot.mode", "no_data");
      shop.registerSource(shop.sourceName() + "-restored");
      Scenario.awaitStreaming(restored, "restored");

      // One step after the other: only the busy partition can find that LSNs have started over.
      restored.execute("update stock set v = 'busy' where id in (%s)".formatted(list(stock, busy)));
      copies.awaitRows(
          "stock",
          ROW,
          stock.entrySet().stream()
              .flatMap(
                  keys ->
                      keys.getValue().stream()
                          .map(id -> List.of(id, keys.getKey() == busy ? "busy" : "latest")))
              .toList());
      Map<TopicPartition, Long> before = KAFKA.endOffsets(shop.topic("stock"));
      restored.execute("truncate stock");
      copies.awaitRows("stock", ROW, List.of());
      int truncated = truncatedIn(shop.topic("stock"));
      int quiet = Stream.of(1, 2).filter(each -> each != truncated).findFirst().orElseThrow();
      TopicPartition quietOne = new TopicPartition(shop.topic("stock"), quiet);
      assertEquals(before.get(quietOne), KAFKA.endOffsets(shop.topic("stock")).get(quietOne));
      restored.execute(
          "insert into stock select g, 'new' from generate_series(1, 60) g where g in (%s)"
              .formatted(list(stock, quiet)),
          "insert into stock select g, 'new' from generate_series(1, 60) g where g in (%s)"
              .formatted(list(stock, busy)),
          "update stock set v = 'newer' where id % 2 = 0",
          "delete from stock where id % 5 = 0");

      // All at once.
      restored.execute(
          "update sale set v = 'busy' where id in (%s)".formatted(list(sale, busy)),
          "truncate sale",
          "insert into sale select g, 'new' from generate_series(1, 60) g where g in (%s)"
              .formatted(list(sale, 1)),
          "insert into sale select g, 'new' from generate_series(1, 90) g"
              + " on conflict (id) do update set v = 'newer'");
      copies.awaitEqual(restored, "stock", "sale");
      copies.assertNoneRejected();
      copies.each("epochs", replica -> assertTrue(replica.epochs() >= 1));
      copies.each(
          "epochs of the rows",
          replica ->
              assertEquals(
                  List.of("1"),
                  Stream.of("stock", "sale")
                      .flatMap(
                          table -> replica.warehouse.rows(table, List.of("_cdc_epoch")).stream())
                      .map(row -> row.get(0))
                      .distinct()
                      .toList()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"initial", "no_data"})
  void case45TheFirstTransactionOfAConnectorIsInOrderOverPartitions(String snapshots) {
    List<String> tables = IntStream.range(0, 6).mapToObj("reload%d"::formatted).toList();
    try (Scenario shop = new Scenario("first")) {
      for (String table : tables) {
        shop.source.execute(
            "create table %s (id int primary key, v text)".formatted(table),
            "insert into %s values (1, 'old')".formatted(table));
      }
      shop.set("snapshot.mode", snapshots)
          .set("topic.creation.default.replication.factor", "1")
          .set("topic.creation.default.partitions", "3");
      Replicas copies = shop.replicas("copies").withQueues();
      shop.start();
      Scenario.awaitStreaming(shop.source, shop.sourceName());
      if (snapshots.equals("initial")) {
        copies.awaitEqual(tables.toArray(String[]::new));
      }
      // Debezium does not know the LSN of a commit yet, and puts a truncate into any partition.
      StringBuilder reload = new StringBuilder("begin;");
      for (String table : tables) {
        reload.append("update %s set v = 'before the truncate';".formatted(table));
        reload.append("truncate %s;".formatted(table));
        reload.append("insert into %s values (1, 'new');".formatted(table));
      }
      shop.source.execute(reload.append("commit").toString());
      copies.awaitEqual(tables.toArray(String[]::new));
      copies.assertUndisturbed();
    }
  }

  /** The keys of each partition. */
  private static Map<Integer, List<String>> keys(String topic) {
    return KAFKA.consume(topic).stream()
        .collect(groupingBy(ConsumerRecord::partition, mapping(HistoriesIT::id, toList())))
        .entrySet()
        .stream()
        .collect(toMap(Map.Entry::getKey, keys -> keys.getValue().stream().distinct().toList()));
  }

  private static String id(ConsumerRecord<byte[], byte[]> event) {
    try {
      return MAPPER
          .readTree(new String(event.key(), StandardCharsets.UTF_8))
          .path("payload")
          .path("id")
          .asText();
    } catch (IOException e) {
      throw new IllegalStateException("the key of " + event, e);
    }
  }

  private static String list(Map<Integer, List<String>> keys, int partition) {
    return String.join(", ", keys.get(partition));
  }

  private static int truncatedIn(String topic) {
    Optional<ConsumerRecord<byte[], byte[]>> truncate =
        KAFKA.consume(topic).stream()
            .filter(event -> event.key() == null && event.value() != null)
            .findAny();
    return truncate.orElseThrow().partition();
  }
}
