// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectWorker;
import io.lakehousecdc.testkit.Plugins;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of the worker and the command, from the archive, on a real pipeline. */
class StatusIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void pageAndCommandTellHowFarTheTablesAre() throws Exception {
    Path plugins = Plugins.project(Lab.temporaryDirectory());
    try (Scenario shop =
            new Scenario(
                "status",
                "create table item (id int primary key, v text)",
                "insert into item values (1, 'a')");
        ConnectWorker worker =
            ConnectWorker.builder(Lab.stack().kafka().bootstrapServers())
                .group("status-cluster")
                .property("rest.extension.classes", "io.lakehousecdc.status.StatusExtension")
                .plugins(plugins)
                .start()) {
      Replicas copies = shop.replicas("copies");
      copies.each("settings", replica -> replica.settings.put("status.interval.ms", "500"));
      shop.registerSource(shop.sourceName());
      copies.all().forEach(each -> worker.rest().register(each.sinkName(), each.settings));
      copies.all().forEach(each -> worker.rest().awaitRunning(each.sinkName()));
      shop.source.execute("insert into item values (2, 'b')", "delete from item where id = 1");
      copies.awaitEqual("item");
      for (Replica each : copies.all()) {
        Await.until(
            "the page tells of the changes of " + each.sinkName(),
            () -> {
              JsonNode item = item(page(worker), each.sinkName());
              return item.path("inserted").asLong() >= 2 && item.path("deleted").asLong() >= 1;
            });
        JsonNode item = item(page(worker), each.sinkName());
        assertTrue(item.path("snapshot_completed_at").asLong() > 0, item::toString);
        String printed =
            command(
                plugins,
                "--connect",
                worker.rest().uri().toString(),
                "--connector",
                each.sinkName());
        assertTrue(printed.contains("item") && printed.contains("task 0 RUNNING"), printed);
      }
      copies.all().forEach(each -> worker.rest().delete(each.sinkName()));
    }
  }

  private static JsonNode page(ConnectWorker worker) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(worker.rest().uri() + "/lakehouse/status.json"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer::body);
    return JSON.readTree(answer.body());
  }

  /** What is told of the table {@code item}; empty where nothing is. */
  private static JsonNode item(JsonNode page, String sink) {
    for (JsonNode each : page.path("sinks")) {
      if (each.path("name").asText().equals(sink)) {
        for (JsonNode table : each.path("tables")) {
          if (table.at("/values/table_name").asText().equals("item")) {
            return table.path("values");
          }
        }
      }
    }
    return JSON.createObjectNode();
  }

  /** What {@code bin/status} of the archive prints, with Kafka's jars in a directory of its own. */
  private static String command(Path plugins, String... arguments)
      throws IOException, InterruptedException {
    Path kafka = Files.createDirectories(Lab.temporaryDirectory().resolve("libs"));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      String name = Path.of(entry).getFileName().toString();
      if (name.matches("(kafka-clients|connect-api|slf4j-api)-.*\\.jar")) {
        Files.copy(Path.of(entry), kafka.resolve(name));
      }
    }
    Path script;
    try (Stream<Path> files = Files.walk(plugins)) {
      script = files.filter(file -> file.endsWith("bin/status")).findAny().orElseThrow();
    }
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.concat(Stream.of("sh", script.toString()), Stream.of(arguments)).toList());
    builder.environment().put("KAFKA_HOME", kafka.getParent().toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), printed);
    return printed;
  }
}
