// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.LakehouseSinkConnector;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectWorker;
import io.lakehousecdc.testkit.KafkaBroker;
import io.lakehousecdc.testkit.KafkaDistribution;
import io.lakehousecdc.testkit.Plugins;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page of real workers, which load it from {@code plugin.path}. */
class StatusExtensionIT {
  private static final Pattern WORKERS =
      Pattern.compile("(kafka-|connect-|slf4j-|jakarta\\.ws|javax\\.ws|junit|assertj|testkit).*");
  private static final String SECRET = "hunter2";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir static Path plugins;
  private static KafkaBroker kafka;
  private static PostgresServer postgres;

  @BeforeAll
  static void start() throws IOException {
    Plugins.development(
        plugins,
        "lakehouse",
        StatusExtension.class,
        LakehouseSinkConnector.class,
        Position.class,
        Configuration.class);
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path jar = Path.of(entry);
      if (Files.isRegularFile(jar) && !WORKERS.matcher(jar.getFileName().toString()).matches()) {
        Files.copy(
            jar,
            plugins.resolve("lakehouse").resolve(jar.getFileName()),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
    kafka = KafkaBroker.start();
    postgres = PostgresServer.start();
    postgres.execute("CREATE ROLE warehouse SUPERUSER LOGIN PASSWORD '" + SECRET + "'");
  }

  @AfterAll
  static void stop() {
    kafka.close();
    postgres.close();
  }

  @ParameterizedTest
  @CsvSource({"CURRENT, service_load", "CURRENT, only_scan", "PREVIOUS, service_load"})
  void workerShowsItsSinks(KafkaDistribution distribution, String discovery) throws Exception {
    String id = (distribution + "_" + discovery).toLowerCase(Locale.ROOT);
    String topic = "shop." + id + ".orders";
    kafka.client().createTopic(topic, 1);
    PostgresDatabase database = postgres.createDatabase("page_" + id);
    try (ConnectWorker worker =
        ConnectWorker.builder(kafka.bootstrapServers())
            .distribution(distribution)
            .group("page-" + id)
            .property("plugin.discovery", discovery)
            .property("rest.extension.classes", StatusExtension.class.getName())
            .environment("WAREHOUSE_PASSWORD", SECRET)
            .plugins(plugins)
            .start()) {
      assertTrue(
          get(worker, "/lakehouse").body().contains("No lakehouse sink runs on this Connect"),
          worker::logs);
      worker.rest().register("good", sink(topic, database));
      Map<String, String> strict = sink(topic, database);
      strict.put("schema.evolution", "none");
      strict.put("table.name.format", "strict.orders");
      worker.rest().register("bad", strict);
      postgres.execute("CREATE ROLE away_" + id + " SUPERUSER LOGIN PASSWORD '" + SECRET + "'");
      Map<String, String> away = sink(topic, database);
      away.put("postgres.user", "away_" + id);
      worker.rest().register("away", away);
      worker.rest().awaitRunning("away");
      postgres.execute("ALTER ROLE away_" + id + " PASSWORD 'changed'");
      for (int row = 1; row <= 3; row++) {
        kafka.client().produce(topic, 0, "{\"id\":" + row + "}", change(id, row));
      }
      AtomicReference<JsonNode> last = new AtomicReference<>();
      Await.until(
          "the page tells of three rows, and of the task that has failed",
          Duration.ofSeconds(60),
          () -> "The last was " + last.get(),
          () -> {
            JsonNode json = json(worker);
            last.set(json);
            return sink(json, "good").at("/tables/0/values/inserted").asLong() == 3
                && sink(json, "bad").at("/tasks/0/state").asText().equals("FAILED");
          });
      JsonNode json = json(worker);
      assertEquals(
          "orders", sink(json, "good").at("/tables/0/values/table_name").asText(), json::toString);
      assertEquals("RUNNING", sink(json, "good").at("/state").asText());
      assertTrue(
          sink(json, "bad").at("/problems/0/text").asText().contains("schema.evolution is none"),
          json::toString);
      assertFalse(sink(json, "away").at("/readable").asBoolean(), json::toString);
      assertTrue(
          sink(json, "away").at("/problems/0/text").asText().contains("cannot be read from here"),
          json::toString);
      HttpResponse<String> page = get(worker, "/lakehouse");
      assertEquals(200, page.statusCode());
      assertTrue(page.headers().firstValue("content-type").orElse("").startsWith("text/html"));
      assertEquals(
          StatusHtml.CONTENT_SECURITY_POLICY,
          page.headers().firstValue("content-security-policy").orElse(""));
      assertTrue(page.body().contains("data-table=\"" + id + ".orders\""), page::body);
      for (String text : List.of(page.body(), json.toString())) {
        assertFalse(text.contains(SECRET), text);
        assertFalse(text.contains("of a person"), text);
      }
    }
  }

  private static JsonNode json(ConnectWorker worker) throws IOException, InterruptedException {
    HttpResponse<String> answer = get(worker, "/lakehouse/status.json");
    assertEquals(200, answer.statusCode(), answer::body);
    return new ObjectMapper().readTree(answer.body());
  }

  private static JsonNode sink(JsonNode json, String name) {
    for (JsonNode sink : json.path("sinks")) {
      if (sink.path("name").asText().equals(name)) {
        return sink;
      }
    }
    return new ObjectMapper().createObjectNode();
  }

  private static HttpResponse<String> get(ConnectWorker worker, String path)
      throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(worker.rest().uri() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static Map<String, String> sink(String topic, PostgresDatabase database) {
    Map<String, String> sink = new HashMap<>();
    sink.put("connector.class", LakehouseSinkConnector.class.getName());
    sink.put("tasks.max", "1");
    sink.put("topics", topic);
    sink.put("target", "postgres");
    sink.put("postgres.url", database.jdbcUrl());
    sink.put("postgres.user", "warehouse");
    sink.put("postgres.password", "${env:WAREHOUSE_PASSWORD}");
    sink.put("status.interval.ms", "200");
    sink.put("consumer.override.auto.offset.reset", "earliest");
    for (String converter : List.of("key.converter", "value.converter")) {
      sink.put(converter, "org.apache.kafka.connect.json.JsonConverter");
      sink.put(converter + ".schemas.enable", "false");
    }
    return sink;
  }

  private static String change(String schema, int row) {
    return """
        {'before':null,'after':{'id':%d,'note':'of a person'},'op':'c','ts_ms':%d,
         'source':{'version':'3.7.0.Final','connector':'postgresql','name':'shop','db':'shop',
                   'schema':'%s','table':'orders','snapshot':'false','sequence':'[\\"%d\\",\\"%d\\"]',
                   'lsn':%d,'ts_ms':%d,'txId':7}}
        """
        .formatted(
            row,
            System.currentTimeMillis(),
            schema,
            100,
            100 + row,
            100 + row,
            System.currentTimeMillis())
        .replace('\'', '"');
  }
}
