// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.postgres.SharedPostgres;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.DebeziumTypes;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Values of records reach neither the log, nor the reasons of dead letters, nor the trace of a
 * failed task, unless Connect's {@code errors.log.include.messages} says so. Each case puts a
 * marker into the key and into the value that fails.
 */
@Isolated
@Timeout(120)
class ValuesInMessagesIT {
  private static final String KEY = "keymarker";
  private static final String TEXT = "valuemarker";
  private static final long NUMBER = 7_654_321;
  private static final List<String> MARKERS = List.of(KEY, TEXT, Long.toString(NUMBER));
  private static final Map<String, String> TOLD = Map.of("errors.log.include.messages", "true");

  /** Kinds of refusals: what is made in the target first, and a word of the reason. */
  private static final String TEXTS_REFUSED =
      """
      varchar(3)  |                                                                 | characters
      uuid        |                                                                 | UUID
      inet        |                                                                 | syntax
      jsonb       |                                                                 | syntax
      date        |                                                                 | syntax
      mood        | create type mood as enum ('glad')                               | enum
      text check (v not like 'value%')           |                                  | constraint
      text unique | insert into shop.secrets values ('other', 'valuemarker')        | unique
      text references shop.parents |                                                | foreign key
      text, exclude using btree (v with =) | insert into shop.secrets values ('other', 'valuemarker') | exclusion
      """;

  private static final DebeziumTable TEXTS = table().column("v", Schema.OPTIONAL_STRING_SCHEMA);

  private final List<String> reasons = new ArrayList<>();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private String trace = "";

  @TempDir private Path root;

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = TEXTS_REFUSED)
  void textThatTheServerOrTheEncoderRefuses(String type, String before, String reason) {
    refused(type, before, reason, TEXTS.create(10, 20, KEY, TEXT).at(0, 0));
  }

  @Test
  void numberThatTheEncoderRefuses() {
    SinkRecord record =
        table().column("v", Schema.OPTIONAL_INT64_SCHEMA).create(10, 20, KEY, NUMBER).at(0, 0);
    refused("numeric(4,2)", null, "does not fit", record);
  }

  /** What a user's function raises may say anything, under any code. */
  @ParameterizedTest
  @CsvSource({"P0001", "23514", "08000"})
  void errorRaisedByATriggerOfTheTarget(String state) {
    String function =
        """
        create function refuse() returns trigger language plpgsql as $$ begin
          raise exception 'refused: %', new.v
            using errcode = '{state}', detail = new.v, hint = new.v; end $$"""
            .replace("{state}", state);
    PostgresDatabase database = database("text", function);
    database.execute(
        "create trigger refuse before insert on shop.secrets for each row execute function"
            + " refuse()");
    SinkRecord record = TEXTS.create(10, 20, KEY, TEXT).at(0, 0);
    assertSilent(run(postgres(database, Map.of()), record), state);
    assertTold(run(postgres(database, TOLD), record));
  }

  @Test
  void valueThatCannotBeDecoded() {
    SinkRecord record =
        table()
            .column("v", DebeziumTypes.zonedTimestamp().optional().build())
            .create(10, 20, KEY, TEXT)
            .at(0, 0);
    assertSilent(run(delta(Map.of()), record), "ISO-8601");
    assertTold(run(delta(TOLD), record));
  }

  @Test
  void textWithoutASchemaThatADeltaColumnRefuses() {
    SinkRecord typed =
        table().column("v", Schema.OPTIONAL_INT64_SCHEMA).create(10, 20, "other", 1L).at(0, 0);
    SinkRecord untyped = TEXTS.create(30, 40, KEY, TEXT).schemaless().at(0, 1);
    assertSilent(run(delta(Map.of()), typed, untyped), "is no number");
    assertTold(run(delta(TOLD), typed, untyped));
  }

  @ParameterizedTest
  @ValueSource(strings = {"boolean", "bigint", "numeric(9,2)", "bytea", "timestamp", "bit(3)"})
  void textWithoutASchemaThatAPostgresColumnRefuses(String type) {
    String value = TEXT + "?";
    SinkRecord record = TEXTS.create(10, 20, KEY, value).schemaless().at(0, 0);
    assertSilent(run(postgres(database(type, null), Map.of()), record), "column v");
    assertThat(run(postgres(database(type, null), TOLD), record)).contains(value);
  }

  @Test
  void keyOfAnUnchangedValueThatIsStoredNowhere() {
    SinkRecord record = TEXTS.update(10, 20, KEY, "__debezium_unavailable_value").at(0, 0);
    for (String target : List.of("postgres", "delta")) {
      assertSilent(run(settings(target, Map.of()), record), "REPLICA IDENTITY");
      assertTold(run(settings(target, TOLD), record));
    }
  }

  private void refused(String type, String before, String reason, SinkRecord record) {
    assertSilent(run(postgres(database(type, before), Map.of()), record), reason);
    assertTold(run(postgres(database(type, before), TOLD), record));
  }

  private static void assertSilent(String told, String reason) {
    assertTrue(told.contains(reason), told);
    for (String marker : MARKERS) {
      assertFalse(told.contains(marker), told);
    }
  }

  private static void assertTold(String told) {
    assertTrue(MARKERS.stream().anyMatch(told::contains), told);
  }

  /** Everything that a task tells until it has passed the records, or failed. */
  private String run(Map<String, String> settings, SinkRecord... records) {
    reasons.clear();
    log.reset();
    trace = "";
    TopicPartition partition = new TopicPartition(TEXTS.topic(), 0);
    PrintStream err = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try (FakeWorker worker =
        new FakeWorker(
            settings,
            Map.of(partition, List.of(records)),
            new HashMap<>(),
            new Random(1),
            (record, error) -> {
              reasons.add(text(error));
              return CompletableFuture.completedFuture(null);
            })) {
      do {
        worker.poll();
      } while (!worker.commit());
    } catch (RuntimeException e) {
      trace = text(e);
    } finally {
      System.setErr(err);
    }
    assertEquals(trace.isEmpty(), !reasons.isEmpty(), "refused, by one way or the other");
    return reasons + trace + log.toString(StandardCharsets.UTF_8);
  }

  private static String text(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static DebeziumTable table() {
    return DebeziumRecords.table("shop", "secrets").key("id", Schema.STRING_SCHEMA);
  }

  private static PostgresDatabase database(String type, String before) {
    PostgresDatabase database = SharedPostgres.emptyDatabase("18");
    boolean makesRow = before != null && before.startsWith("insert");
    database.execute("create schema shop", "create table shop.parents (v text primary key)");
    if (before != null && !makesRow) {
      database.execute(before);
    }
    database.execute("create table shop.secrets (id text primary key, v " + type + ")");
    if (makesRow) {
      database.execute(before);
    }
    return database;
  }

  private Map<String, String> settings(String target, Map<String, String> more) {
    return target.equals("delta")
        ? delta(more)
        : postgres(SharedPostgres.emptyDatabase("18"), more);
  }

  private static Map<String, String> postgres(PostgresDatabase database, Map<String, String> more) {
    Map<String, String> settings = common(more);
    settings.put("target", "postgres");
    settings.put("postgres.url", database.jdbcUrl());
    settings.put("postgres.user", database.user());
    settings.put("postgres.password", database.password());
    return settings;
  }

  private Map<String, String> delta(Map<String, String> more) {
    Map<String, String> settings = common(more);
    settings.put("target", "delta");
    settings.put("delta.root", root.toString());
    settings.put("table.name.format", "t" + System.nanoTime());
    return settings;
  }

  private static Map<String, String> common(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("name", "secrets-" + System.nanoTime());
    settings.put("topics", TEXTS.topic());
    settings.put("constraint.wait.ms", "1");
    settings.put("retry.timeout.ms", "1000");
    settings.put("flush.interval.ms", "10");
    return settings;
  }
}
