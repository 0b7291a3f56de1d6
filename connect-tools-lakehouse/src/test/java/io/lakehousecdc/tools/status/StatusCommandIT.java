// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.TableStatus.Applied;
import io.lakehousecdc.sink.spi.TableStatus.Counts;
import io.lakehousecdc.sink.spi.TableStatus.Key;
import io.lakehousecdc.sink.spi.TableStatus.Told;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import io.lakehousecdc.tools.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on warehouses of both kinds. */
class StatusCommandIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static PostgresServer server;

  @TempDir Path directory;

  private String out = "";
  private String err = "";

  @BeforeAll
  static void start() {
    server = PostgresServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void tellsHowFarTablesInPostgresAre() throws IOException {
    Map<String, String> sink = postgres("postgres_far");
    ConfiguredSink.of(sink).report(List.of(table("orders", 500)));
    assertEquals(0, run("--config", file(sink).toString()));
    assertTrue(out.startsWith("1 sink, 1 table: no problem."), out);
    assertTrue(out.contains("shop (postgres)"), out);
    assertTrue(
        out.lines().anyMatch(line -> line.matches(" +public\\.orders +500 ms .* 1,234 .*")), out);
  }

  @Test
  void tellsHowFarTablesInDeltaAre() throws IOException {
    Map<String, String> sink = delta();
    ConfiguredSink.of(sink).report(List.of(table("orders", 61_000)));
    assertEquals(0, run("--config", file(sink).toString()), err);
    assertTrue(out.contains("shop (delta)"), out);
    assertTrue(out.contains("? public.orders was 61 s behind the source"), out);
  }

  @Test
  void failsWhereATableCannotBeWritten() throws IOException {
    Map<String, String> sink = delta();
    long now = System.currentTimeMillis() * 1_000;
    ConfiguredSink.of(sink)
        .report(List.of(table("orders", 500).failed(new Told("The store is full.", now))));
    assertEquals(1, run("--config", file(sink).toString(), "--json"));
    JsonNode json = JSON.readTree(out);
    assertEquals("shop", json.at("/sinks/0/name").asText());
    assertEquals(
        "cannot be written: The store is full.", json.at("/sinks/0/problems/0/text").asText());
    assertEquals(1_234, json.at("/sinks/0/tables/0/values/inserted").asLong());
  }

  @Test
  void aSinkThatHasWrittenNothingHasNoTables() throws IOException {
    assertEquals(0, run("--config", file(delta()).toString()));
    assertTrue(out.contains("Nothing has been written yet."), out);
    assertEquals(0, run("--config", file(postgres("postgres_empty")).toString()));
    assertTrue(out.contains("Nothing has been written yet."), out);
  }

  @Test
  void warehouseThatDoesNotAnswerIsAFailureInOneLine() throws IOException {
    Map<String, String> sink = postgres("postgres_away");
    sink.put("postgres.url", "jdbc:postgresql://127.0.0.1:1/none");
    sink.put("postgres.password", "hunter2");
    assertEquals(2, run("--config", file(sink).toString()));
    assertTrue(err.startsWith("Reading the status of tables"), err);
    assertFalse(err.contains("hunter2"), err);
  }

  @Test
  void tellsTheStateOfTasksThatConnectKnows() throws IOException {
    Map<String, String> sink = delta();
    ConfiguredSink.of(sink).report(List.of(table("orders", 500)));
    HttpServer connect =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    serve(
        connect,
        "/connectors/shop",
        JSON.writeValueAsString(Map.of("name", "shop", "config", sink)));
    serve(
        connect,
        "/connectors/shop/status",
        """
        {"name":"shop","connector":{"state":"RUNNING","worker_id":"a:8083"},"tasks":[
         {"id":0,"state":"RUNNING","worker_id":"a:8083"},
         {"id":1,"state":"FAILED","worker_id":"b:8083","trace":
          "org.apache.kafka.connect.errors.ConnectException: Exiting\\n\\tat x\\nCaused by: io.lakehousecdc.sink.error.FatalException: Out of space.\\n"}]}
        """);
    connect.start();
    try {
      String url = "http://127.0.0.1:" + connect.getAddress().getPort();
      assertEquals(1, run("--connect", url, "--connector", "shop"));
      assertTrue(out.contains("shop (delta)  RUNNING  task 0 RUNNING  task 1 FAILED"), out);
      assertTrue(out.contains("! task 1 is FAILED: Out of space."), out);
    } finally {
      connect.stop(0);
    }
  }

  private static void serve(HttpServer connect, String path, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    connect.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("status"));
    all.addAll(List.of(arguments));
    StringWriter printed = new StringWriter();
    StringWriter failed = new StringWriter();
    int code =
        Commands.line()
            .setOut(new PrintWriter(printed))
            .setErr(new PrintWriter(failed))
            .execute(all.toArray(String[]::new));
    out = printed.toString();
    err = failed.toString();
    return code;
  }

  private static TableStatus table(String name, long lagMillis) {
    long now = System.currentTimeMillis() * 1_000 - 2_000_000;
    return new TableStatus(
        new Key("shop.public." + name, new TableId("public", name)),
        new Counts(1_234, 5, 6, 1_239, 6, 0),
        Map.of(),
        new Applied(new Position(0, 7, 8), now - lagMillis * 1_000, now),
        now,
        null,
        null,
        0,
        null);
  }

  private Map<String, String> postgres(String name) {
    PostgresDatabase database = server.createDatabase(name);
    Map<String, String> sink = new HashMap<>();
    sink.put("name", "shop");
    sink.put("topics", "shop.public.orders");
    sink.put("target", "postgres");
    sink.put("postgres.url", database.jdbcUrl());
    sink.put("postgres.user", database.user());
    sink.put("postgres.password", database.password());
    return sink;
  }

  private Map<String, String> delta() {
    Map<String, String> sink = new HashMap<>();
    sink.put("name", "shop");
    sink.put("topics", "shop.public.orders");
    sink.put("target", "delta");
    sink.put("delta.root", directory.toString());
    return sink;
  }

  private Path file(Map<String, String> sink) throws IOException {
    return Files.writeString(directory.resolve("sink.json"), JSON.writeValueAsString(sink));
  }
}
