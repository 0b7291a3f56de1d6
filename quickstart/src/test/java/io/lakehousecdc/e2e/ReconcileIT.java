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

/**
 * The archive's {@code bin/reconcile} beside a running pipeline: source and targets change while
 * they are compared.
 */
class ReconcileIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Rows that no load changes; a soak has more. */
  private static final int ROWS = Integer.getInteger("lakehousecdc.reconcile.rows", 20_000);

  /** Comparisons of each target that have to find nothing; a soak makes more. */
  private static final int RUNS = Integer.getInteger("lakehousecdc.reconcile.runs", 1);

  private static final String CONVERTER = "io.lakehousecdc.converter.CachedSchemaJsonConverter";

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
                "create type mood as enum ('sad', 'glad')",
                "create table signals (id varchar(42) primary key, type text, data varchar(2048))",
                """
                create table stock (id int primary key, v text, n numeric(12,3), u numeric, d date,
                  t timestamp(3), m timestamp, tz timestamptz, tm time, b bytea, j jsonb, f float8,
                  r real, flag bool, uid uuid, c char(5), tags text[], ip inet, o mood,
                  seen timestamptz)""",
                """
                insert into stock select g, case when g %% 9 = 0 then null else 'wärt ' || g end,
                  g / 8.0, g / 7.0, date '1969-12-01' + g %% 20000, timestamp '2026-01-01' + g * interval '1.5 s',
                  timestamp '1970-01-01' - g * interval '1.000001 s',
                  timestamptz '2026-01-01 00:00+01' + g * interval '1 min',
                  time '00:00' + g * interval '0.01 s', decode(lpad(to_hex(g), 8, '0'), 'hex'),
                  jsonb_build_object('g', g, 'a', array[1, null]), g / 3.0::float8, g / 3.0::real,
                  g %% 2 = 0, ('00000000-0000-0000-0000-' || lpad(to_hex(g), 12, '0'))::uuid,
                  'x' || g %% 10, array['a', g::text], ('10.0.' || g %% 256 || '.1')::inet,
                  case g %% 3 when 0 then 'sad'::mood when 1 then 'glad' end, null
                from generate_series(1, %d) g"""
                    .formatted(ROWS))
            .set("signal.data.collection", "public.signals")
            .set("value.converter", CONVERTER)
            .set("producer.override.compression.type", "lz4");
    copies = shop.replicas("copies", shop.name + "\\.public\\.(load|stock)");
    copies.each("converter", replica -> replica.settings.put("value.converter", CONVERTER));
    commands =
        new ArchiveCommands(
            Lab.plugins(),
            KafkaDistribution.CURRENT.installation(Lab.temporaryDirectory()),
            Map.of("SOURCE_PASSWORD", shop.source.password()));
    shop.start();
    copies.each(
        "snapshot",
        replica -> Await.until("all rows of stock", ARRIVAL, () -> replica.rowsUpserted() >= ROWS));
  }

  @AfterAll
  static void end() {
    shop.close();
  }

  @Test
  void differencesAreFoundAndRepairedWhileBothSidesChange() {
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
          "insert into stock (id, v) values (%d, 'unseen')".formatted(ROWS + 1),
          "delete from stock where id = 12345");
      copies.each("differences", replica -> assertDifferences(reconcile(replica)));
      copies.each("repair", replica -> reconcile(replica, "--repair", "--signal-table", "signals"));
      copies.each("repaired", replica -> assertNothingFound(reconcile(replica)));
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
    assertTrue(Set.of("tags").containsAll(uncompared), report::toPrettyString);
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
        Set.of("proven changed 4711", "proven missing " + (ROWS + 1), "proven extra 12345"),
        found,
        report::toPrettyString);
  }

  /** The report of a run, with its exit code as {@code code}. */
  private static JsonNode reconcile(Replica replica, String... more) {
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
    arguments.addAll(List.of(more));
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

  /** Changes of rows of {@code stock} that go on, so that its topic tells how far it is. */
  private static final class Changes implements AutoCloseable {
    private static final int STEP = 7919;
    private static final long PAUSE_NANOS =
        TimeUnit.MILLISECONDS.toNanos(Integer.getInteger("lakehousecdc.reconcile.pause.ms", 20));

    private final Thread thread = new Thread(this::run, "changes");
    private volatile boolean ended;

    Changes() {
      thread.start();
    }

    private void run() {
      try (Connection connection = shop.source.connect();
          Statement statement = connection.createStatement()) {
        for (long i = 1; !ended; i++) {
          // Not the rows that are made to differ: their keys are no multiples of ten.
          update(statement, 10 + 10 * (i * STEP % (ROWS / 10)));
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      } catch (SQLException e) {
        throw new IllegalStateException("the changes have failed", e);
      }
    }

    private synchronized void update(Statement statement, long id) throws SQLException {
      statement.execute("update stock set seen = clock_timestamp() where id = " + id);
    }

    /** Changes that the source connector does not get, because the publication lacks the table. */
    synchronized void unseen(String... statements) {
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
