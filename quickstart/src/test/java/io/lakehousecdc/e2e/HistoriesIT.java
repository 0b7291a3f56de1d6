// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.KafkaClient;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * Tests of tables whose changes come from several histories of LSNs, on the whole stack and in all
 * targets: a source that replaces another, and a source that was restored to an earlier state.
 */
class HistoriesIT {
  private static final KafkaClient KAFKA = Lab.stack().kafka().client();
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String STOCK = "create table stock (id int primary key, v text)";
  private static final String SALE = "create table sale (id int primary key, v text)";
  private static final List<String> ROW = List.of("id", "v");

  @Test
  void case41ASourceThatReplacesAnotherWinsOverItsRows() {
    try (Scenario blue =
        new Scenario(
            "blue",
            STOCK,
            SALE,
            "insert into stock select g, 'blue' from generate_series(1, 30) g",
            "insert into sale select g, 'blue' from generate_series(1, 30) g")) {
      Replicas copies = successors(blue, "copies");
      blue.start();
      blue.advanceLsns();
      blue.source.execute("update stock set v = 'bluer' where id <= 20");
      copies.awaitEqual("stock", "sale");
      try (GreenSource green = new GreenSource(blue, STOCK, SALE)) {
        green.switchOver("stock", "sale");
        blue.source.execute(
            "insert into stock values (100, 'only blue had it')",
            "update stock set v = 'lost at the switch-over' where id = 2",
            "insert into sale values (100, 'only blue had it')");
        copies.awaitEqual("stock", "sale");

        // The snapshot replaces all of blue's rows, and sweeps those that green has not.
        green.database().execute("update stock set v = 'before the snapshot' where id = 3");
        green.register();
        copies.awaitEqual(green.database(), "stock", "sale");
        green
            .database()
            .execute(
                "update stock set v = 'green' where id % 3 = 0",
                "delete from stock where id % 5 = 0",
                "update stock set id = id + 1000 where id % 7 = 0",
                "insert into stock values (10, 'again'), (101, 'new')",
                "update sale set v = 'green' where id = 1");
        copies.awaitEqual(green.database(), "stock", "sale");
        green.database().execute("truncate sale");
        copies.awaitEqual(green.database(), "stock", "sale");
        green.database().execute("insert into sale values (1, 'first'), (2, 'second')");
        copies.awaitEqual(green.database(), "stock", "sale");

        // A sink that is new reads the backlogs of both sources in any order.
        Replicas late = successors(blue, "late").set("tasks.max", "2");
        late.start();
        late.awaitEqual(green.database(), "stock", "sale");
        Stream.of(copies, late).forEach(HistoriesIT::assertUndisturbed);
      }
    }
  }

  @Test
  void case41ATruncateStopsWhereItIsNotToldWhetherASourceReplacesAnother() {
    try (Scenario blue =
        new Scenario(
            "parallel",
            Load.TABLE,
            "insert into load select g, 'blue', g from generate_series(1, 2000) g")) {
      Replicas copies = blue.replicas("copies", bothSides(blue)).withQueues();
      blue.start();
      blue.advanceLsns();
      try (GreenSource green = new GreenSource(blue, Load.TABLE)) {
        try (Load load = new Load(blue.source, 1)) {
          awaitStatements(load, 300);
          green.register();
          // Both sources emit each change now: blue at once, green as it is replicated.
          awaitStatements(load, 300);
        }
        green.switchOver("load");
        try (Load load = new Load(green.database(), 2)) {
          awaitStatements(load, 300);
        }
        copies.awaitEqual(green.database(), "load");
        assertUndisturbed(copies);

        SourceTable table = new SourceTable(green.database(), "load");
        List<List<String>> rows = table.rows(table.columns());
        green
            .database()
            .execute("truncate load", "insert into load values (1, 'after the truncate', 1)");
        copies.each(
            "refusal",
            replica -> {
              String trace = Scenario.connect().awaitFailed(replica.sinkName());
              assertTrue(trace.contains("source.relation"), trace);
              assertTrue(trace.contains("public.load"), trace);
              assertTrue(trace.contains(green.name()), trace);
              replica.assertRows("load", table.columns(), rows);
            });

        copies.set("source.relation", "successors");
        copies.all().forEach(Replica::configure);
        copies.awaitEqual(green.database(), "load");
        copies.assertNoneRejected();
      }
    }
  }

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
      copies.each("epochs", replica -> assertTrue(epochs(replica) >= 1));
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

  /** Copies of the tables of both sides, of which green replaces blue. */
  private static Replicas successors(Scenario blue, String what) {
    return blue.replicas(what, bothSides(blue))
        .set("source.relation", "successors")
        .set("snapshot.sweep", "true")
        .withQueues();
  }

  private static String bothSides(Scenario blue) {
    return blue.name + "(_green)?\\.public\\..*";
  }

  /** Nothing was rejected, and no LSNs were taken for some that have started over. */
  private static void assertUndisturbed(Replicas copies) {
    copies.assertNoneRejected();
    copies.each("epochs", replica -> assertEquals(0, epochs(replica)));
  }

  private static double epochs(Replica replica) {
    return Exposition.of(Lab.stack().worker().metrics())
        .sum("lakehousecdc_sink_epochs_total", "connector=\"" + replica.sinkName() + "\"");
  }

  private static void awaitStatements(Load load, long more) {
    long goal = load.statements() + more;
    Await.until(goal + " statements", () -> load.statements() >= goal);
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
    } catch (JsonProcessingException e) {
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
