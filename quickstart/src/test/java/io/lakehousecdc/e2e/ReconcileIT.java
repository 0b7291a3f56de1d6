// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.testkit.ArchiveCommands;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.KafkaDistribution;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The archive's {@code bin/reconcile} beside a running pipeline: source and targets change while
 * they are compared. It takes minutes: {@code .ci/soak reconcile} runs it. (The quickstart's proof
 * runs the command in every build.)
 */
@EnabledIfSystemProperty(named = "lakehousecdc.reconcile.rows", matches = "\\d+")
class ReconcileIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Rows that no load changes; a soak has more. */
  private static final int ROWS = Integer.getInteger("lakehousecdc.reconcile.rows", 20_000);

  /** Comparisons of each target that have to find nothing; a soak makes more. */
  private static final int RUNS = Integer.getInteger("lakehousecdc.reconcile.runs", 1);

  private static final Duration ARRIVAL = Duration.ofSeconds(180 + ROWS / 1_000);

  private static Scenario shop;
  private static Replicas copies;
  private static ArchiveCommands commands;

  @BeforeAll
  static void start() {
    shop =
        new Scenario(
            "reconcile",
            Load.TABLE,
            """
                create table stock (id int primary key, v text, n numeric(12,3), u numeric, d date,
                  t timestamp(3), m timestamp, tz timestamptz, tm time, b bytea, j jsonb, f float8,
                  r real, flag bool, uid uuid, c char(5), tags text[], ip inet, seen timestamptz)""",
            """
                insert into stock select g, case when g %% 9 = 0 then null else 'wärt ' || g end,
                  g / 8.0, g / 7.0, date '1969-12-01' + g %% 20000, timestamp '2026-01-01' + g * interval '1.5 s',
                  timestamp '1970-01-01' - g * interval '1.000001 s',
                  timestamptz '2026-01-01 00:00+01' + g * interval '1 min',
                  time '00:00' + g * interval '0.01 s', decode(lpad(to_hex(g), 8, '0'), 'hex'),
                  jsonb_build_object('g', g, 'a', array[1, null]), g / 3.0::float8, g / 3.0::real,
                  g %% 2 = 0, ('00000000-0000-0000-0000-' || lpad(to_hex(g), 12, '0'))::uuid,
                  'x' || g %% 10, array['a', g::text], ('10.0.' || g %% 256 || '.1')::inet, null
                from generate_series(1, %d) g"""
                .formatted(ROWS));
    copies = shop.replicas("copies", shop.name + "\\.public\\.(load|stock)");
    commands =
        new ArchiveCommands(
            Lab.plugins(),
            KafkaDistribution.CURRENT.installation(Lab.temporaryDirectory()),
            Map.of("SOURCE_PASSWORD", shop.source.password()));
    shop.start();
    copies.each(
        "snapshot",
        replica ->
            Await.until(
                "all rows of stock",
                ARRIVAL,
                () ->
                    replica.warehouse.has("stock")
                        && replica.warehouse.rows("stock", List.of("id")).size() == ROWS));
  }

  @AfterAll
  static void end() {
    shop.close();
  }

  @Test
  void differencesAreFoundAndProvenWhileBothSidesChange() {
    try (Load load = new Load(shop.source, 3);
        Changes changes = new Changes()) {
      Await.until("statements", () -> load.statements() > 500);
      copies.each(
          "table", replica -> Await.until("table load", () -> replica.warehouse.has("load")));
      for (int run = 0; run < RUNS; run++) {
        copies.each("equal while it changes", replica -> assertNothingFound(reconcile(replica)));
      }

      changes.unseen(
          "update stock set n = n + 1 where id = 4711",
          "insert into stock (id, v) values (100001, 'unseen')",
          "delete from stock where id = 12345");
      copies.each("differences", replica -> assertDifferences(reconcile(replica)));
    }
    copies.awaitEqual("load");
  }

  private static void assertNothingFound(JsonNode report) {
    assertEquals(0, report.path("code").asInt(), report::toPrettyString);
    assertEquals(2, report.path("tables").size(), report::toPrettyString);
    JsonNode stock = report.path("tables").path(1);
    assertTrue(stock.path("rows").asInt() >= ROWS, report::toPrettyString);
    Set<String> uncompared = new TreeSet<>();
    stock.path("uncomparedColumns").fieldNames().forEachRemaining(uncompared::add);
    assertTrue(Set.of("ip", "tags").containsAll(uncompared), report::toPrettyString);
  }

  private static void assertDifferences(JsonNode report) {
    assertEquals(1, report.path("code").asInt(), report::toPrettyString);
    Set<String> found = new TreeSet<>();
    report
        .path("tables")
        .forEach(
            table ->
                table
                    .path("differences")
                    .forEach(
                        each ->
                            found.add(
                                "%s %s %s"
                                    .formatted(
                                        each.path("certainty").asText(),
                                        each.path("kind").asText(),
                                        each.path("key").path("id").asText()))));
    assertEquals(
        Set.of("proven changed 4711", "proven missing 100001", "proven extra 12345"),
        found,
        report::toPrettyString);
  }

  /** The report of a run, with its exit code as {@code code}. */
  private static JsonNode reconcile(Replica replica) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--connect",
                Scenario.connect().uri().toString(),
                "--connector",
                replica.sinkName(),
                "--topic-prefix",
                shop.name,
                "--source-url",
                shop.source.jdbcUrl(),
                "--source-user",
                shop.source.user(),
                "--settle",
                "60",
                "--show-values",
                "--json"));
    ArchiveCommands.Ended ended = commands.run("reconcile", arguments);
    String text = ended.text();
    try {
      JsonNode report = JSON.readTree(text.substring(Math.max(0, text.indexOf('{'))));
      ((com.fasterxml.jackson.databind.node.ObjectNode) report).put("code", ended.code());
      return report;
    } catch (IOException | ClassCastException e) {
      throw new AssertionError("exit code " + ended.code() + ": " + text, e);
    }
  }

  /** Changes of one row of {@code stock} that go on, so that its topic tells how far it is. */
  private static final class Changes implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Thread thread = new Thread(this::run, "changes");
    private volatile boolean ended;

    Changes() {
      thread.start();
    }

    private void run() {
      try (Connection connection = shop.source.connect();
          Statement statement = connection.createStatement()) {
        while (!ended) {
          statement.execute("update stock set seen = clock_timestamp() where id = 1");
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      } catch (SQLException e) {
        throw new IllegalStateException("the changes have failed", e);
      }
    }

    /** Changes that the source connector does not get, because the publication lacks the table. */
    void unseen(String... statements) {
      shop.source.execute("alter publication " + shop.sourceName() + " drop table stock");
      shop.source.execute(statements);
      shop.source.execute("alter publication " + shop.sourceName() + " add table stock");
    }

    @Override
    public void close() {
      ended = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
