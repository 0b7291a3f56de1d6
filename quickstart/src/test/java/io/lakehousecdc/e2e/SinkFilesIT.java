// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.Azurite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests of all sinks of config/: each file, POSTed unchanged, receives the shop's initial rows and
 * later changes. Sinks that read the same kind of record share one source, and read its topics from
 * the beginning.
 */
class SinkFilesIT {
  private static final SampleShop SHOP = new SampleShop();
  private static final String CUSTOMERS = "shop.public.customers";
  private static final String LETTERS = "cdc.dead_letters";

  /** The source of a sink, if it is not the plain one. */
  private static final Map<String, String> SOURCES =
      Map.of(
          "sink/postgres-schemaless.json", "source/schemaless.json",
          "sink/postgres-avro-apicurio.json", "source/avro-apicurio.json",
          "sink/postgres-avro-confluent.json", "source/avro-confluent.json");

  /** Sinks into stores for which servers stand in, whose addresses are set besides. */
  private static final List<String> CLOUDS =
      List.of("sink/delta-azure.json", "sink/delta-gcs.json");

  /** The expected content of the target, by the sink's name. */
  private interface Promise {
    void check(String sink);
  }

  private static final Map<String, Promise> PROMISES =
      Map.ofEntries(
          entry("sink/postgres-upsert.json", sink -> tablesAreEqual(SHOP.postgres())),
          entry("sink/postgres-blue-green.json", sink -> tablesAreEqual(SHOP.postgres())),
          entry("sink/postgres-shards.json", sink -> tablesAreEqual(SHOP.postgres())),
          entry("sink/postgres-soft-delete.json", sink -> deletedRowsStay(SHOP.postgres())),
          entry("sink/postgres-append.json", sink -> everyChangeIsARow(SHOP.postgres())),
          entry("sink/postgres-history.json", sink -> everyVersionIsARow(SHOP.postgres())),
          entry("sink/delta-history.json", sink -> everyVersionIsARow(SHOP.delta())),
          entry("sink/postgres-star-schema.json", sink -> namesAreMapped(SHOP.postgres())),
          entry("sink/postgres-dead-letters.json", SinkFilesIT::badRecordsAreKeptTwice),
          entry("sink/postgres-dead-letter-topic.json", SinkFilesIT::allLettersAreInTheTable),
          entry("sink/postgres-flattened.json", sink -> tablesAreEqual(SHOP.postgres())),
          entry("sink/postgres-schemaless.json", sink -> tablesAreEqual(SHOP.postgres())),
          entry("sink/postgres-avro-apicurio.json", sink -> tablesAreEqual(SHOP.postgres())),
          entry("sink/postgres-avro-confluent.json", sink -> tablesAreEqual(SHOP.postgres())),
          entry("sink/delta-upsert.json", sink -> tablesAreEqual(SHOP.delta())),
          entry("sink/delta-s3.json", sink -> tablesAreEqual(SHOP.deltaInS3())),
          entry("sink/delta-soft-delete.json", sink -> deletedRowsStay(SHOP.delta())),
          entry("sink/delta-append.json", sink -> everyChangeIsARow(SHOP.delta())),
          entry("sink/delta-star-schema.json", sink -> namesAreMapped(SHOP.delta())),
          entry("sink/delta-dead-letters.json", SinkFilesIT::badRecordsAreKeptTwice),
          entry("smt/jdbc-sink-dedup.json", SinkFilesIT::theJdbcSinkIsNotThrownBack),
          entry("smt/sink-dedup.json", SinkFilesIT::outdatedChangesAreDropped),
          entry("smt/sink-dlq-router.json", SinkFilesIT::badRecordsGoToTheTopic),
          entry("smt/sink-dlq-router-table.json", SinkFilesIT::badRecordsAreKeptTwice),
          entry("smt/sink-dedup-and-dlq-router.json", SinkFilesIT::bothTransformsWork));

  private static String stream;
  private static int bad;

  /**
   * The order of sinks: those that tolerate invalid records are last, because these stay in the
   * topics; the very last has a record that never reaches a sink.
   */
  static Stream<String> files() {
    return SampleShop.files("sink", "smt").stream()
        .filter(file -> !file.startsWith("smt/source-") && !CLOUDS.contains(file))
        .sorted(
            Comparator.comparing((String file) -> isTolerant(file))
                .thenComparing(file -> file.equals("sink/postgres-dead-letter-topic.json"))
                .thenComparing(file -> SOURCES.getOrDefault(file, "")));
  }

  @AfterEach
  void endSink() {
    SHOP.endConnectors("shop-postgres");
    SHOP.endConnectors("shop-delta");
    SHOP.endConnectors("shop-jdbc");
    SHOP.forgetDeadLetters();
    SHOP.resetWarehouses();
  }

  @AfterAll
  static void end() {
    SHOP.reset();
  }

  @ParameterizedTest(name = "config/{0}")
  @MethodSource("files")
  void dataArrives(String file) {
    Promise promise = PROMISES.get(file);
    assertNotNull(promise, () -> "nothing here says what config/%s promises".formatted(file));
    streamBy(SOURCES.getOrDefault(file, "source/plain.json"));
    if (file.contains("schemaless")) {
      createTables();
    }
    String sink = SHOP.post(file);
    SHOP.change();
    promise.check(sink);
  }

  @Test
  void dataArrivesInAzure() throws Exception {
    assumeTrue(Azurite.installed(), "Azurite is not installed");
    try (Clouds azure = Clouds.azure()) {
      dataArrivesIn(azure, CLOUDS.get(0));
    }
  }

  @Test
  void dataArrivesInGoogleCloudStorage() throws Exception {
    try (Clouds google = Clouds.google()) {
      dataArrivesIn(google, CLOUDS.get(1));
    }
  }

  private static void dataArrivesIn(Clouds cloud, String file) {
    streamBy("source/plain.json");
    SHOP.post(file, cloud.settings());
    SHOP.change();
    tablesAreEqual(cloud.tables());
    SHOP.endConnectors("shop-delta");
  }

  @Test
  void aSecretMayStandInAFile() throws IOException {
    Path secrets = Lab.temporaryDirectory().resolve("shop.properties");
    Files.writeString(secrets, "password=" + SHOP.warehouse().password());
    streamBy("source/plain.json");
    SHOP.post(
        "sink/postgres-upsert.json",
        Map.of("postgres.password", "${file:%s:password}".formatted(secrets)));
    tablesAreEqual(SHOP.postgres());
  }

  private static void streamBy(String source) {
    if (!source.equals(stream)) {
      SHOP.reset();
      stream = source;
      bad = 0;
      SHOP.post(source);
      Await.until("the snapshot", () -> SHOP.kafka().count("shop.public.products") >= 20);
    }
  }

  /** Tables of the target, which define the types of records without a schema. */
  private static void createTables() {
    SHOP.warehouse()
        .execute(
            SampleShop.text("docker/postgres/shop.sql")
                .split("\nINSERT", 2)[0]
                .replace("GENERATED ALWAYS AS IDENTITY ", "")
                .replaceAll("REFERENCES \\w+", ""));
  }

  private static void tablesAreEqual(Stored stored) {
    SHOP.awaitEqual(stored, SampleShop.prefixed("public."), Stored.ALL);
  }

  private static void deletedRowsStay(Stored stored) {
    SHOP.awaitEqual(stored, SampleShop.prefixed("history_public."), Stored.notTrue("_cdc_deleted"));
    assertEquals(500, stored.count("history_public.orders", "id"));
  }

  /** The initial rows with all changes by {@link SampleShop#change}. */
  private static void everyChangeIsARow(Stored stored) {
    long changes = SHOP.changes();
    Map.of("customers", 100 + 2 * changes, "products", 20 + changes, "orders", 500 + changes)
        .forEach(
            (table, events) ->
                Await.untilEquals(events, () -> stored.count("changelog_public." + table, "id")));
    List<String> first = new ArrayList<>();
    for (String row :
        stored.rows("changelog_public.orders", List.of("id", "_cdc_op"), Stored.ALL)) {
      if (row.startsWith("[1,")) {
        first.add(row);
      }
    }
    assertEquals(List.of("[1, d]", "[1, r]"), first);
  }

  /** Products change in a column that makes no versions. */
  private static void everyVersionIsARow(Stored stored) {
    long changes = SHOP.changes();
    Map.of("customers", 100 + 2 * changes, "products", 20L, "orders", 500L)
        .forEach(
            (table, versions) ->
                Await.untilEquals(versions, () -> stored.count("versions_public." + table, "id")));
    SHOP.awaitEqual(
        stored, SampleShop.prefixed("versions_public."), new Stored.Filter("is_current", "false"));
  }

  private static void namesAreMapped(Stored stored) {
    SHOP.awaitEqual(
        stored,
        Map.of(
            "customers", "dwh.dim_customers",
            "products", "dwh.dim_products",
            "orders", "dwh.fact_orders"),
        Stored.notTrue("is_deleted"));
    List<String> rows =
        stored.rows(
            "dwh.fact_orders",
            List.of("is_deleted", "source_lsn", "event_time", "first_seen_at", "last_seen_at"),
            new Stored.Filter("is_deleted", "false"));
    assertEquals(SHOP.changes(), rows.size());
    assertTrue(
        rows.stream()
            .allMatch(row -> row.matches("\\[true, \\d+(, \\d{4}-\\d\\d-\\d\\d [^,]*){3}]")),
        rows::toString);
  }

  private static void badRecordsAreKeptTwice(String sink) {
    Stored stored = sink.contains("delta") ? SHOP.delta() : SHOP.postgres();
    produceBadRecords();
    SHOP.change();
    Await.untilEquals((long) bad, () -> SHOP.kafka().count("dlq." + sink));
    Await.untilEquals((long) bad, () -> stored.count(LETTERS, "topic"));
    tablesAreEqual(stored);
  }

  /** Also a record that the other sink has not received, because its converter failed. */
  private static void allLettersAreInTheTable(String collector) {
    String sink = SHOP.post("smt/sink-dlq-router.json");
    SHOP.kafka().produce(CUSTOMERS, 0, null, "{not json");
    bad++;
    badRecordsGoToTheTopic(sink);
    Await.untilEquals((long) bad, () -> SHOP.postgres().count(LETTERS, "topic"));
  }

  private static void badRecordsGoToTheTopic(String sink) {
    produceBadRecords();
    SHOP.change();
    Await.untilEquals((long) bad, () -> SHOP.kafka().count("dlq." + sink));
    tablesAreEqual(SHOP.postgres());
  }

  private static void bothTransformsWork(String sink) {
    badRecordsGoToTheTopic(sink);
    outdatedChangesAreDropped(sink);
  }

  private static void outdatedChangesAreDropped(String sink) {
    tablesAreEqual(SHOP.postgres());
    SHOP.emitOutdatedAgain(CUSTOMERS);
    SHOP.change();
    tablesAreEqual(SHOP.postgres());
    assertTrue(dropped(sink) > 0, "nothing was dropped");
  }

  /** This sink applies all it receives: an old name would come back if it were not dropped. */
  private static void theJdbcSinkIsNotThrownBack(String sink) {
    namesAreEqual();
    SHOP.emitOutdatedAgain(CUSTOMERS);
    SHOP.change();
    namesAreEqual();
    assertTrue(dropped(sink) > 0, "nothing was dropped");
  }

  /** The JDBC sink has types of its own; names are text on both sides. */
  private static void namesAreEqual() {
    List<String> columns = List.of("id", "name");
    Await.untilEquals(
        new Stored.InPostgres(SHOP.source()).rows("customers", columns, Stored.ALL),
        () -> SHOP.postgres().rows("jdbc_customers", columns, Stored.ALL));
  }

  private static double dropped(String sink) {
    return Exposition.of(Lab.stack().worker().metrics())
        .sum("lakehousecdc_lsn_dedup_dropped_total", "id=\"" + sink + "-");
  }

  /** Two records that JSON with schemas can read: not an envelope, and an unknown operation. */
  private static void produceBadRecords() {
    SHOP.kafka()
        .produce(CUSTOMERS, 0, null, "{\"schema\":{\"type\":\"string\"},\"payload\":\"x\"}");
    String event = SHOP.kafka().values(CUSTOMERS).get(0);
    SHOP.kafka().produce(CUSTOMERS, 0, null, event.replace("\"op\":\"r\"", "\"op\":\"x\""));
    bad += 2;
  }

  private static boolean isTolerant(String file) {
    return SampleShop.text("config/" + file).contains("\"dlq.");
  }
}
