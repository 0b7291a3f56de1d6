// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.smt.LsnDedup;
import io.lakehousecdc.smt.replay.ReplayRun;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectWorker;
import io.lakehousecdc.testkit.KafkaBroker;
import io.lakehousecdc.testkit.KafkaDistribution;
import io.lakehousecdc.testkit.Plugins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Test of both transforms in real workers, loaded from {@code plugin.path}. */
class TransformsOnWorkerIT {
  private static KafkaBroker kafka;

  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    kafka = KafkaBroker.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @ParameterizedTest
  @EnumSource
  void goodRecordsArriveOnceAndBadOnesBecomeDeadLettersThatCanBeReplayed(
      KafkaDistribution distribution) throws IOException {
    String topic = "orders-" + distribution;
    String letters = topic + ".dlq";
    kafka.client().createTopic(topic, 1);
    kafka.client().createTopic(letters, 1);
    produce(topic, "{\"id\":1}", change("c", 100, "'first'"));
    produce(topic, "{\"id\":1}", change("u", 200, "'second'"));
    produce(topic, "{\"id\":1}", change("c", 100, "'duplicate of the first'"));
    produce(topic, "{\"id\":2}", "{malformed");
    produce(topic, "{\"id\":2}", "{\"foo\":\"no envelope\"}");
    produce(topic, "{\"id\":2}", change("x", 300, "'unknown op'"));
    produce(topic, null, change("u", 300, "'no key'"));
    produce(topic, "{\"id\":3}", change("u", 300, "null"));
    produce(topic, "{\"id\":1}", change("u", 400, "'last'"));
    Path file = directory.resolve("rows");
    Plugins.development(directory, "smt", LsnDedup.class, Position.class);
    Plugins.development(directory, "sink", FileSinkConnector.class);
    try (ConnectWorker worker =
        ConnectWorker.builder(kafka.bootstrapServers())
            .distribution(distribution)
            .group("smt-" + distribution)
            .property("plugin.discovery", "service_load")
            .plugins(directory)
            .start()) {
      Map<String, String> strict = configuration(topic, letters, file);
      strict.put("transforms.route.required.fields", "note");
      worker.rest().register("sink", strict);
      awaitRows(file, "first", "second", "last");
      Await.until("the bad records are dead letters", () -> kafka.client().count(letters) == 5);
      assertEquals(
          List.of("{malformed", "{\"foo\":\"no envelope\"}"),
          kafka.client().values(letters).subList(0, 2));
      assertTrue(reason(letters, 4).contains("required field 'note' is missing or null"));

      worker.rest().configure("sink", configuration(topic, letters, file));
      worker.rest().awaitRunning("sink");
      ReplayRun replay = ReplayRun.of("--bootstrap", kafka.bootstrapServers(), "--topic", letters);
      assertEquals(0, replay.exitCode(), replay::output);
      awaitRows(file, "first", "second", "last", "null");
      Await.until(
          "what is still bad comes back, counted",
          () ->
              kafka.client().consume(letters).stream()
                      .filter(record -> record.headers().lastHeader("dlq.retries") != null)
                      .count()
                  == 4);
    }
  }

  private static Map<String, String> configuration(String topic, String letters, Path file) {
    return new HashMap<>(
        Map.ofEntries(
            Map.entry("connector.class", FileSinkConnector.class.getName()),
            Map.entry("tasks.max", "1"),
            Map.entry("topics", topic),
            Map.entry(FileSinkConnector.FILE, file.toString()),
            Map.entry("transforms", "route,dedup"),
            Map.entry("transforms.route.type", "io.lakehousecdc.smt.DlqRouter"),
            Map.entry("transforms.dedup.type", "io.lakehousecdc.smt.LsnDedup"),
            Map.entry("errors.tolerance", "all"),
            Map.entry("errors.deadletterqueue.topic.name", letters),
            Map.entry("errors.deadletterqueue.topic.replication.factor", "1"),
            Map.entry("errors.deadletterqueue.context.headers.enable", "true"),
            Map.entry("consumer.override.auto.offset.reset", "earliest"),
            Map.entry("key.converter", "org.apache.kafka.connect.json.JsonConverter"),
            Map.entry("key.converter.schemas.enable", "false"),
            Map.entry("value.converter", "org.apache.kafka.connect.json.JsonConverter"),
            Map.entry("value.converter.schemas.enable", "false")));
  }

  private static void produce(String topic, String key, String value) {
    kafka.client().produce(topic, 0, key, value);
  }

  /** An envelope as JSON; the commit time follows the LSN. */
  private static String change(String op, long lsn, String note) {
    return """
        {'before':null,'after':{'note':%s},'op':'%s','ts_ms':5,
         'source':{'name':'s','db':'d','schema':'public','table':'orders','snapshot':'false',
                   'sequence':'[\\"%d\\",\\"%d\\"]','lsn':%d,'ts_ms':%d}}
        """
        .formatted(note, op, lsn, lsn, lsn, lsn)
        .replace('\'', '"');
  }

  /** Waits for the rows; a restarted task may write some again, as every simple sink does. */
  private static void awaitRows(Path file, String... notes) {
    Await.until(
        "the sink has " + List.of(notes),
        () ->
            Files.exists(file)
                && Files.readAllLines(file).stream().distinct().toList().equals(List.of(notes)));
  }

  private static String reason(String topic, int index) {
    ConsumerRecord<byte[], byte[]> letter = kafka.client().consume(topic).get(index);
    return java.util.stream.StreamSupport.stream(letter.headers().spliterator(), false)
        .filter(header -> header.key().equals("__connect.errors.exception.message"))
        .map(header -> new String(header.value(), StandardCharsets.UTF_8))
        .collect(Collectors.joining());
  }
}
