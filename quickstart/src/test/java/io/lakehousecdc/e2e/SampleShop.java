// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectRest;
import io.lakehousecdc.testkit.KafkaClient;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.ProjectFiles;
import io.lakehousecdc.testkit.S3ProxyServer;
import io.lakehousecdc.testkit.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The example that the files in config/ use: the shop of docker/postgres, its topics and its
 * warehouses. Files are POSTed unchanged under fixed connector names: for one test at a time.
 */
final class SampleShop {
  static final List<String> TABLES = List.of("customers", "orders", "products");

  private static final Path DELTA_ROOT = Lab.temporaryDirectory();

  /** An object store, whose bucket is a directory for those who look from behind. */
  private static final S3ProxyServer S3 = S3ProxyServer.onDisk();

  private static final Path S3_ROOT = S3.bucket("lake").resolve("warehouse");
  private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";

  /** Files that run without Confluent's converter, which no public Maven repository has. */
  private static final Map<String, String> FOR_CONFLUENT =
      Map.of("key.converter", JSON, "value.converter", JSON);

  private final Stack stack = Lab.stack();
  private final KafkaClient kafka = stack.kafka().client();
  private int changes;

  /** The variables that config/README.md lists. */
  static Map<String, String> environment(Stack stack, String registryUrl) {
    PostgresDatabase warehouse = stack.target().database("warehouse");
    return Map.ofEntries(
        entry("SHOP_DB_HOST", stack.source().host()),
        entry("SHOP_DB_PORT", Integer.toString(stack.source().port())),
        entry("SHOP_DB_USER", stack.source().user()),
        entry("SHOP_DB_PASSWORD", stack.source().password()),
        entry("WAREHOUSE_URL", warehouse.jdbcUrl()),
        entry("WAREHOUSE_USER", warehouse.user()),
        entry("WAREHOUSE_PASSWORD", warehouse.password()),
        entry("DELTA_ROOT", DELTA_ROOT.toString()),
        entry("S3_ROOT", "s3://lake/warehouse"),
        entry("S3_REGION", "us-east-1"),
        entry("S3_ENDPOINT", S3.endpoint().toString()),
        entry("S3_ACCESS_KEY_ID", S3ProxyServer.ACCESS_KEY),
        entry("S3_SECRET_ACCESS_KEY", S3ProxyServer.SECRET_KEY),
        entry("AZURE_ROOT", Clouds.AZURE_ROOT),
        entry("AZURE_STORAGE_KEY", Clouds.AZURE_KEY),
        entry("GCS_ROOT", Clouds.GCS_ROOT),
        entry("GCS_CREDENTIALS_FILE", ""),
        entry("APICURIO_REGISTRY_URL", registryUrl),
        entry("SCHEMA_REGISTRY_URL", registryUrl));
  }

  /** All files of directories of config/, as paths below it. */
  static List<String> files(String... directories) {
    Path config = ProjectFiles.root().resolve("config");
    List<String> files = new ArrayList<>();
    for (String directory : directories) {
      try (Stream<Path> entries = Files.list(config.resolve(directory))) {
        entries.map(file -> config.relativize(file).toString()).sorted().forEach(files::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  static String text(String relative) {
    try {
      return Files.readString(ProjectFiles.root().resolve(relative));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  PostgresDatabase source() {
    return stack.source().database("shop");
  }

  PostgresDatabase warehouse() {
    return stack.target().database("warehouse");
  }

  ConnectRest connect() {
    return stack.connect();
  }

  KafkaClient kafka() {
    return kafka;
  }

  Stored postgres() {
    return new Stored.InPostgres(warehouse());
  }

  Stored delta() {
    return new Stored.InDelta(DELTA_ROOT);
  }

  /** The tables of {@code S3_ROOT}, read from the files that the store keeps. */
  Stored deltaInS3() {
    return new Stored.InDelta(S3_ROOT);
  }

  /** POSTs a file of config/ and waits until its task runs; returns the connector's name. */
  String post(String file) {
    return post(file, file.contains("confluent") ? FOR_CONFLUENT : Map.of());
  }

  /** The same with some settings replaced. */
  String post(String file, Map<String, String> replaced) {
    if (file.contains("apicurio")) {
      Lab.registry();
    }
    String connector =
        connect().register(ProjectFiles.root().resolve("config").resolve(file), replaced);
    connect().awaitRunning(connector);
    return connector;
  }

  /** Resets everything: no connector, no topic, the shop's initial rows. */
  void reset() {
    endConnectors("shop-");
    deleteTopics("(shop|__debezium-heartbeat)\\..*");
    forgetDeadLetters();
    recreate(stack.source().database(), "shop");
    source().execute(text("docker/postgres/shop.sql"));
    text("config/README.md")
        .lines()
        .filter(line -> line.startsWith("    CREATE TABLE"))
        .forEach(source()::execute);
    changes = 0;
    resetWarehouses();
  }

  /** No connector may be running that writes to such topics. */
  void forgetDeadLetters() {
    deleteTopics("dlq\\..*");
  }

  void resetWarehouses() {
    recreate(stack.target().database(), "warehouse");
    clear(DELTA_ROOT);
    clear(S3_ROOT.getParent());
  }

  private static void clear(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(directory)) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes connectors and their offsets. */
  void endConnectors(String prefix) {
    connect()
        .call("GET", "/connectors", null)
        .forEach(
            name -> {
              if (name.asText().startsWith(prefix)) {
                connect().stop(name.asText());
                connect().resetOffsets(name.asText());
                connect().delete(name.asText());
              }
            });
  }

  /** One insert, two updates and a delete of rows that were not touched before. */
  void change() {
    changes++;
    source()
        .execute(
            "insert into customers (name, email) values ('New %d', 'new@example.com')"
                .formatted(changes),
            "update customers set name = 'Renamed %d' where id = %d".formatted(changes, changes),
            "update products set attributes = '{\"a\": [%d, null]}' where id = %d"
                .formatted(changes, changes),
            "delete from orders where id = " + changes);
  }

  /** Number of calls of {@link #change} since the reset. */
  int changes() {
    return changes;
  }

  /** Appends records that are older than the last of their key, as a crashed source. */
  void emitOutdatedAgain(String topic) {
    Map<String, ConsumerRecord<byte[], byte[]>> last = new LinkedHashMap<>();
    List<ProducerRecord<byte[], byte[]>> outdated = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> each : kafka.consume(topic)) {
      if (each.key() == null) {
        continue; // an invalid record of another test
      }
      ConsumerRecord<byte[], byte[]> before = last.put(new String(each.key(), UTF_8), each);
      if (before != null) {
        outdated.add(
            new ProducerRecord<>(
                topic, before.partition(), before.key(), before.value(), before.headers()));
      }
    }
    assertTrue(!outdated.isEmpty(), "nothing in " + topic + " is outdated");
    kafka.produce(outdated);
  }

  /** Waits until the tables equal the shop's, in the rows that the filter selects. */
  void awaitEqual(Stored stored, Map<String, String> tables, Stored.Filter filter) {
    tables.forEach(
        (table, target) -> {
          List<String> columns = columns(table);
          Stored shop = new Stored.InPostgres(source());
          Await.untilEquals(
              shop.rows("public." + table, columns, Stored.ALL),
              () -> stored.rows(target, columns, filter));
        });
  }

  /** The tables' names with a prefix. */
  static Map<String, String> prefixed(String prefix) {
    return TABLES.stream().collect(Collectors.toMap(table -> table, table -> prefix + table));
  }

  private void deleteTopics(String names) {
    kafka.topics().stream().filter(topic -> topic.matches(names)).forEach(kafka::deleteTopic);
  }

  private List<String> columns(String table) {
    return source()
        .rows(
            "select column_name from information_schema.columns where table_schema = 'public'"
                + " and table_name = '"
                + table
                + "' order by ordinal_position")
        .stream()
        .map(row -> Objects.toString(row.get(0)))
        .toList();
  }

  private static void recreate(PostgresDatabase administration, String name) {
    String slots = "from pg_replication_slots where database = '" + name + "'";
    Await.until(
        "slots of " + name + " are released",
        () -> administration.number("select count(*) " + slots + " and active") == 0);
    administration.rows("select pg_drop_replication_slot(slot_name)::text " + slots);
    administration.execute(
        "drop database if exists " + name + " with (force)", "create database " + name);
  }
}
