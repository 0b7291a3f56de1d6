// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import io.lakehousecdc.tools.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command finds, whatever the target. */
abstract class ReconcileContract {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final String TOPIC = "src.public.goods";
  private static final SourcePartition P0 = new SourcePartition(TOPIC, 0);
  private static final TableId GOODS = new TableId("dwh", "goods");

  private static final RowSchema SCHEMA =
      Batches.schema(
          1,
          required("id", Primitive.INT64),
          optional("name", Primitive.TEXT),
          optional("price", new LogicalType.Decimal(12, 2)),
          optional("weight", Primitive.FLOAT64),
          optional("active", Primitive.BOOLEAN),
          optional("made", Primitive.DATE),
          optional("at", Primitive.TIMESTAMP),
          optional("seen", Primitive.TIMESTAMPTZ),
          optional("opens", Primitive.TIME),
          optional("ref", Primitive.UUID),
          optional("doc", Primitive.JSON),
          optional("raw", Primitive.BYTES));

  static PostgresServer server;

  @TempDir Path directory;

  PostgresDatabase source;
  private Map<String, String> settings;
  private Target target;
  private PartitionOwner owner;
  private String sourceUrl;
  private Follower follower;
  private long lsn;

  @BeforeAll
  static void start() {
    server = PostgresServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** Settings of the target alone. */
  abstract Map<String, String> target(int number) throws IOException;

  /** Opens what the settings name. */
  abstract Target open(ConfiguredSink sink, TargetContext context);

  @BeforeEach
  void fill() throws IOException {
    int number = DATABASES.incrementAndGet();
    source = server.createDatabase("source_" + number);
    source.execute(
        """
        CREATE TABLE goods (id int8 PRIMARY KEY, name text, price numeric(12,2), weight float8,
          active bool, made date, at timestamp, seen timestamptz, opens time, ref uuid, doc jsonb,
          raw bytea, tags text[], twice int8 GENERATED ALWAYS AS (id * 2) STORED)""");
    sourceUrl = source.jdbcUrl();
    settings = new HashMap<>(target(number));
    settings.put("name", "sink");
    settings.put("connector.class", "io.lakehousecdc.sink.LakehouseSinkConnector");
    settings.put("topics", TOPIC);
    settings.put("table.name.map", "public.goods:dwh.goods");
  }

  /** Opens the target with further settings. */
  void begin(Map<String, String> more) {
    settings.putAll(more);
    ConfiguredSink sink = ConfiguredSink.of(settings);
    target = open(sink, new TargetContext("sink", 0));
    owner = PartitionOwner.of(target, P0);
  }

  @AfterEach
  void close() throws Exception {
    if (follower != null) {
      follower.close();
    }
    if (target != null) {
      target.close();
    }
  }

  /** Inserts rows at the source and writes the same to the target. */
  void rows(int from, int to) {
    source.execute(
        """
        INSERT INTO goods (id, name, price, weight, active, made, at, seen, opens, ref, doc, raw)
        SELECT i, CASE WHEN i %% 7 = 0 THEN NULL ELSE 'näme ' || i END, i / 4.0, i / 3.0::float8,
          i %% 2 = 0, date '2020-01-01' + i, timestamp '1999-12-31 23:59:59.5' + i * interval '1 h',
          timestamptz '2026-01-01 00:00:00.123456+02' + i * interval '1 min',
          time '08:00' + i * interval '1.5 s',
          ('00000000-0000-0000-0000-' || lpad(to_hex(i), 12, '0'))::uuid,
          jsonb_build_object('i', i), decode(lpad(to_hex(i), 8, '0'), 'hex')
        FROM generate_series(%d, %d) AS i"""
            .formatted(from, to));
    Batches batch = Batches.batch(GOODS, SCHEMA);
    for (int i = from; i <= to; i++) {
      batch.upsert(++lsn, cells(i));
    }
    owner.commit(batch.build());
  }

  private static Object[] cells(int i) {
    long opens = 8 * 3_600_000_000L + i * 1_500_000L;
    int made = (int) java.time.LocalDate.of(2020, 1, 1).plusDays(i).toEpochDay();
    long at = micros("1999-12-31T23:59:59.500") + i * 3_600_000_000L;
    long seen = micros("2025-12-31T22:00:00.123456") + i * 60_000_000L;
    byte[] raw = {(byte) (i >> 24), (byte) (i >> 16), (byte) (i >> 8), (byte) i};
    return new Object[] {
      (long) i,
      i % 7 == 0 ? null : "näme " + i,
      new BigDecimal(i).divide(new BigDecimal(4)).setScale(2, java.math.RoundingMode.HALF_UP),
      i / 3.0,
      i % 2 == 0,
      made,
      at,
      seen,
      opens,
      "00000000-0000-0000-0000-%012x".formatted(i),
      "{\"i\": " + i + "}",
      raw
    };
  }

  private static long micros(String time) {
    java.time.LocalDateTime parsed = java.time.LocalDateTime.parse(time);
    return parsed.toEpochSecond(java.time.ZoneOffset.UTC) * 1_000_000L + parsed.getNano() / 1_000;
  }

  /** Changes that keep the target at all that the source has done, until the test ends. */
  private void passTheSource() {
    follow(at -> Batches.batch(GOODS, SCHEMA).upsert(new Position(0, at, at), cells(1)));
  }

  private void follow(LongFunction<Batches> changes) {
    follower = new Follower(() -> owner.commit(changes.apply(sourceLsn()).build()));
  }

  private long sourceLsn() {
    return source.number("SELECT pg_current_wal_insert_lsn() - '0/0'");
  }

  /** What the command has printed, and its exit code. */
  record Run(int code, String out, String err) {
    JsonNode table() throws Exception {
      return JSON.readTree(out).path("tables").path(0);
    }
  }

  Run run(String... more) throws Exception {
    Path file = directory.resolve("sink.json");
    Files.writeString(file, JSON.writeValueAsString(settings), StandardCharsets.UTF_8);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "reconcile",
                "--config",
                file.toString(),
                "--source-url",
                sourceUrl,
                "--source-user",
                source.user(),
                "--source-password-file",
                Files.writeString(directory.resolve("password"), source.password()).toString(),
                "--settle",
                "1"));
    arguments.addAll(List.of(more));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Commands.line()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments.toArray(String[]::new));
    return new Run(code, out.toString(), err.toString());
  }

  @Test
  void equalTablesAreEqualInEveryType() throws Exception {
    begin(Map.of());
    rows(1, 2_000);

    Run run = run("--json");

    assertEquals(0, run.code(), run.out() + run.err());
    assertTrue(run.table().path("equal").asBoolean());
    assertEquals(2_000, run.table().path("rows").asInt());
    assertEquals(0, run.table().path("differingChunks").asInt(), run.out());
    assertEquals(
        "[\"tags\",\"twice\"]",
        JSON.valueToTree(names(run.table().path("uncomparedColumns"))).toString());
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void eachKindOfDifferenceIsFoundAndNothingElse() throws Exception {
    begin(Map.of());
    rows(1, 3_000);
    source.execute(
        "UPDATE goods SET price = price + 1 WHERE id = 17",
        "INSERT INTO goods (id, name) VALUES (5000, 'missing')",
        "DELETE FROM goods WHERE id = 2999");
    passTheSource();

    Run run = run("--json");

    assertEquals(1, run.code(), run.out() + run.err());
    Map<String, String> found = new HashMap<>();
    run.table()
        .path("differences")
        .forEach(
            each ->
                found.put(
                    each.path("kind").asText(),
                    each.path("certainty").asText() + names(each.path("columns"))));
    assertEquals(
        Map.of("changed", "proven[price]", "missing", "proven[]", "extra", "proven[]"), found);
    assertEquals(3, run.table().path("differences").size());
    assertTrue(run.table().path("differingChunks").asInt() <= 3, run.out());
  }

  @Test
  void rowsOfATargetThatMayBeBehindAreNotProvenToDiffer() throws Exception {
    begin(Map.of());
    rows(1, 100);
    source.execute("UPDATE goods SET name = 'newer' WHERE id = 3");

    Run run = run();

    assertEquals(1, run.code());
    assertTrue(run.out().contains("the target may be behind"), run.out());
  }

  /** As where the source is a late standby, or the position is of another cluster. */
  @Test
  void nothingIsProvenWhileTheTargetKnowsCommitsThatTheSourceDoesNotShow() throws Exception {
    begin(Map.of());
    rows(1, 100);
    source.execute("UPDATE goods SET name = 'older' WHERE id = 3");
    Position ahead = new Position(0, sourceLsn() + 1_000_000_000L, 1);
    owner.commit(Batches.batch(GOODS, SCHEMA).upsert(ahead, cells(1)).build());

    assertEquals("unchanged", certainty(run("--json")));
  }

  @Test
  void nothingIsProvenBeforeAPartitionHasMoreThanRowsOfASnapshot() throws Exception {
    begin(Map.of());
    rows(1, 100);
    source.execute("INSERT INTO goods (id, name) VALUES (5000, 'later in the snapshot')");
    follow(at -> Batches.batch(GOODS, SCHEMA).upsert(new Position(0, at, 0), cells(1)));

    assertEquals("unchanged", certainty(run("--json")));
  }

  private static String certainty(Run run) throws Exception {
    return run.table().path("differences").path(0).path("certainty").asText();
  }

  @Test
  void rowsOfTablesThatInheritAreOthers() throws Exception {
    begin(Map.of());
    rows(1, 100);
    source.execute(
        "CREATE TABLE more () INHERITS (goods)",
        "INSERT INTO more (id, name) VALUES (3, 'of the other table')",
        "UPDATE goods SET name = 'newer' WHERE id = 3");

    Run run = run("--json");

    assertEquals(100, run.table().path("rows").asInt());
    assertEquals("changed", run.table().path("differences").path(0).path("kind").asText());
    assertEquals(1, run.table().path("differences").size());
  }

  @Test
  void keyThatTheSourceHasTwiceIsTold() throws Exception {
    begin(Map.of("key.columns", "public.goods:ref"));
    rows(1, 100);
    source.execute(
        "INSERT INTO goods (id, name, ref) SELECT 5000, name, ref FROM goods WHERE id = 3");

    Run run = run("--json");

    assertEquals("repeated", run.table().path("differences").path(0).path("kind").asText());
  }

  @Test
  void keyThatTheTargetHasTwiceIsTold() throws Exception {
    begin(Map.of("key.columns", "public.goods:ref"));
    rows(1, 100);
    Object[] again = cells(3);
    again[0] = 5000L;
    owner.commit(Batches.batch(GOODS, SCHEMA).upsert(++lsn, again).build());

    Run run = run("--json");

    assertEquals("repeated", run.table().path("differences").path(0).path("kind").asText());
  }

  @Test
  void hashesOfNumbersTellTheirSigns() {
    assertEquals(
        1,
        source.number(
            "SELECT count(DISTINCT "
                + Form.WHOLE.hashSql("v", 1)
                + ") - 1 FROM (VALUES (-1::int8), (4294967295)) AS v (v)"));
    assertFalse(Form.WHOLE.hash(-1L, 1) == Form.WHOLE.hash(4294967295L, 1));
  }

  @Test
  void nullIsNoEmptyTextWhateverTheType() throws Exception {
    begin(Map.of());
    source.execute(
        "DROP TABLE goods",
        "CREATE TYPE mood AS ENUM ('', 'glad')",
        "CREATE TABLE goods (id int8 PRIMARY KEY, t text, c char(5), m mood)",
        "INSERT INTO goods VALUES (1, NULL, NULL, NULL), (2, '', '', '')");
    RowSchema schema =
        Batches.schema(
            1,
            required("id", Primitive.INT64),
            optional("t", Primitive.TEXT),
            optional("c", Primitive.TEXT),
            optional("m", Primitive.TEXT));
    owner.commit(
        Batches.batch(GOODS, schema)
            .upsert(++lsn, 1L, null, null, null)
            .upsert(++lsn, 2L, "", "     ", "")
            .build());

    assertEquals(0, run().code());

    owner.commit(
        Batches.batch(GOODS, schema)
            .upsert(++lsn, 1L, "", "     ", "")
            .upsert(++lsn, 2L, null, null, null)
            .build());
    JsonNode differences = run("--json").table().path("differences");

    assertEquals(2, differences.size());
    differences.forEach(
        each -> assertEquals(List.of("t", "c", "m"), names(each.path("columns")), each::toString));
  }

  @Test
  void signsOfNumbersAreSeen() throws Exception {
    begin(Map.of());
    rows(1, 10);
    source.execute(
        "UPDATE goods SET price = -price WHERE id = 3",
        "UPDATE goods SET price = 0.00 WHERE id = 4");

    JsonNode differences = run("--json").table().path("differences");

    assertEquals(2, differences.size(), differences::toString);
  }

  @Test
  void keyOfNullIsMissing() throws Exception {
    begin(Map.of("key.columns", "public.goods:ref"));
    rows(1, 100);
    source.execute("INSERT INTO goods (id, name) VALUES (5000, 'no key')");

    Run run = run("--json");

    assertEquals(
        "missing", run.table().path("differences").path(0).path("kind").asText(), run.out());
  }

  @Test
  void valuesAreTheirHashesUntilTheyAreAskedFor() throws Exception {
    begin(Map.of());
    rows(1, 100);
    source.execute("UPDATE goods SET name = 'secret' WHERE id = 3");
    passTheSource();

    assertFalse(run().out().contains("secret"));
    Run shown = run("--show-values");
    assertTrue(shown.out().contains("id=3: name is secret at the source, näme 3 in the target"));
  }

  @Test
  void softlyDeletedRowsStandForNone() throws Exception {
    begin(Map.of("delete.mode", "soft"));
    rows(1, 50);
    source.execute("DELETE FROM goods WHERE id = 9");
    owner.commit(Batches.batch(GOODS, SCHEMA).delete(++lsn, 9L).build());

    Run run = run("--json");

    assertEquals(0, run.code(), run.out() + run.err());
    assertEquals(49, run.table().path("rows").asInt());
  }

  @Test
  void currentVersionsAreCompared() throws Exception {
    begin(Map.of("write.mode", "history"));
    rows(1, 50);
    source.execute("UPDATE goods SET name = 'second' WHERE id = 9");
    Object[] second = cells(9);
    second[1] = "second";
    owner.commit(Batches.batch(GOODS, SCHEMA).upsert(++lsn, second).build());

    assertEquals(0, run().code());
    source.execute("UPDATE goods SET name = 'third' WHERE id = 9");
    passTheSource();
    assertEquals(1, run().code());
  }

  @Test
  void logsOfChangesAreNamedAsNotCompared() throws Exception {
    begin(Map.of("write.mode", "append"));

    Run run = run();

    assertEquals(Commands.FAILED, run.code());
    assertTrue(run.out().contains("skipped    public.goods"), run.out());
  }

  @Test
  void interruptedRunGoesOnWithTheOtherTables() throws Exception {
    begin(Map.of());
    rows(1, 50);
    Path state = directory.resolve("state.json");
    Files.writeString(state, "{\"connector\": \"sink\", \"equal\": [\"public.goods\"]}");
    source.execute("UPDATE goods SET name = 'not looked at' WHERE id = 9");

    assertEquals(0, run("--state", state.toString()).code());
    assertFalse(Files.exists(state));
    assertEquals(1, run("--state", state.toString()).code());
  }

  @Test
  void outcomeIsRecordedInTheStatus() throws Exception {
    begin(Map.of());
    rows(1, 20);
    source.execute("UPDATE goods SET name = 'other' WHERE id = 3");
    passTheSource();

    run("--record");

    List<TableStatus> found = ConfiguredSink.of(settings).status();
    assertEquals(1, found.size());
    assertFalse(found.get(0).reconciled().equal());
    assertEquals(1, found.get(0).reconciled().differences());
  }

  @Test
  void nothingToCompareIsAFailure() throws Exception {
    settings.remove("topics");
    begin(Map.of("topics.regex", "src\\.public\\.others"));

    assertEquals(Commands.FAILED, run("--topic-prefix", "src").code());
    assertEquals(Commands.FAILED, run().code());
  }

  @Test
  void namesAreTakenAsTheyAre() throws Exception {
    settings.put("topics", "src.public.%s ?\"'");
    settings.put("table.name.map", "public.%s ?\"':dwh.goods");
    begin(Map.of());
    source.execute(
        "ALTER TABLE goods RENAME TO \"%s ?\"\"'\"",
        "ALTER TABLE \"%s ?\"\"'\" RENAME name TO \"%d $1 ?\"");
    owner.commit(
        Batches.batch(
                GOODS,
                Batches.schema(
                    1, required("id", Primitive.INT64), optional("%d $1 ?", Primitive.TEXT)))
            .upsert(++lsn, 1L, "one")
            .build());
    source.execute("INSERT INTO \"%s ?\"\"'\" (id, \"%d $1 ?\") VALUES (1, 'one')");

    Run run = run("--json");

    assertEquals(1, run.table().path("rows").asInt(), run.out() + run.err());
    assertEquals(0, run.code(), run.out() + run.err());
  }

  @Test
  void wrongSourceIsOneLineWithoutThePassword() throws Exception {
    begin(Map.of());

    sourceUrl = "jdbc:postgresql://127.0.0.1:1/none";
    Run run = run();

    assertEquals(Commands.FAILED, run.code());
    assertTrue(run.err().contains("127.0.0.1:1"), run.err());
    assertFalse((run.out() + run.err()).contains(source.password()), run.err());
  }

  @Test
  void databasesOfTwoEncodingsAreNotCompared() throws Exception {
    begin(Map.of());
    source.execute(
        "CREATE DATABASE latin_%d TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
            .formatted(DATABASES.get()));
    sourceUrl = sourceUrl.replaceFirst("/source_[0-9]+", "/latin_" + DATABASES.get());

    Run run = run();

    assertEquals(Commands.FAILED, run.code());
    assertTrue(run.err().contains("LATIN1"), run.err());
  }

  @Test
  void repairAsksForMissingRowsAndRemovesThoseThatTheSourceHasNot() throws Exception {
    begin(Map.of());
    rows(1, 200);
    source.execute(
        "CREATE TABLE signals (id text, type text, data text)",
        "UPDATE goods SET name = 'it''s new' WHERE id = 17",
        "INSERT INTO goods (id, name) VALUES (5000, 'missing')",
        "DELETE FROM goods WHERE id = 99");
    passTheSource();

    Run run = run("--repair", "--signal-table", "public.signals");

    assertEquals(1, run.code(), run.out() + run.err());
    assertTrue(run.out().contains("1 rows that the source does not have are removed"), run.out());
    List<List<Object>> signals = source.rows("SELECT type, data FROM signals");
    assertEquals(1, signals.size());
    assertEquals("execute-snapshot", signals.get(0).get(0));
    JsonNode data = JSON.readTree((String) signals.get(0).get(1));
    assertEquals("public.goods", data.path("data-collections").path(0).asText());
    String filter = data.path("additional-conditions").path(0).path("filter").asText();
    assertEquals(
        List.of(17L, 5000L),
        source.rows("SELECT id FROM goods WHERE " + filter + " ORDER BY id").stream()
            .map(row -> row.get(0))
            .toList());
    assertTrue(!run("--json").out().contains("extra"));
  }

  @Test
  void keysOfSeveralColumnsAndOfAnyTypeAreFound() throws Exception {
    begin(Map.of());
    source.execute(
        "DROP TABLE goods",
        """
        CREATE TABLE goods (a text, b timestamptz, c uuid, d numeric(10,3), v text,
          PRIMARY KEY (a, b, c, d))""");
    RowSchema schema =
        Batches.schema(
            4,
            required("a", Primitive.TEXT),
            required("b", Primitive.TIMESTAMPTZ),
            required("c", Primitive.UUID),
            required("d", new LogicalType.Decimal(10, 3)),
            optional("v", Primitive.TEXT));
    Batches batch = Batches.batch(GOODS, schema);
    for (int i = 1; i <= 100; i++) {
      source.execute(
          """
          INSERT INTO goods VALUES ('ä''%d', '2026-01-01 00:00:00.5+00', '%s', %d.5, 'v')"""
              .formatted(i, new java.util.UUID(0, i), i));
      batch.upsert(
          ++lsn,
          "ä'" + i,
          micros("2026-01-01T00:00:00.500"),
          new java.util.UUID(0, i).toString(),
          new BigDecimal(i + ".500"),
          "v");
    }
    owner.commit(batch.build());
    assertEquals(0, run().code());

    source.execute("CREATE TABLE signals (id text, type text, data text)");
    source.execute(
        "UPDATE goods SET v = NULL WHERE d = 7.5",
        "DELETE FROM goods WHERE d = 8.5",
        "INSERT INTO goods SELECT a, b, c, 1000, v FROM goods WHERE d = 9.5");
    follow(
        at ->
            Batches.batch(GOODS, schema)
                .upsert(
                    at,
                    "ä'1",
                    micros("2026-01-01T00:00:00.500"),
                    new java.util.UUID(0, 1).toString(),
                    new BigDecimal("1.500"),
                    "v"));

    Run run = run("--json", "--repair", "--signal-table", "signals");

    assertEquals(3, run.table().path("differences").size(), run.out() + run.err());
    String filter =
        JSON.readTree((String) source.value("SELECT data FROM signals"))
            .path("additional-conditions")
            .path(0)
            .path("filter")
            .asText();
    assertEquals(2, source.number("SELECT count(*) FROM goods WHERE " + filter));
    assertEquals(
        2,
        new ObjectMapper()
            .readTree(run("--json").out())
            .path("tables")
            .path(0)
            .path("differences")
            .size());
  }

  @Test
  void partitionedSourceIsReadWithAllItsPartitions() throws Exception {
    begin(Map.of());
    rows(1, 300);
    source.execute(
        "ALTER TABLE goods RENAME TO old",
        "CREATE TABLE goods (LIKE old INCLUDING GENERATED) PARTITION BY RANGE (id)",
        "ALTER TABLE goods ADD PRIMARY KEY (id)",
        "CREATE TABLE low PARTITION OF goods FOR VALUES FROM (0) TO (100)",
        "CREATE TABLE high PARTITION OF goods FOR VALUES FROM (100) TO (1000)",
        """
        INSERT INTO goods (id, name, price, weight, active, made, at, seen, opens, ref, doc, raw)
        SELECT id, name, price, weight, active, made, at, seen, opens, ref, doc, raw FROM old""");

    Run run = run("--json");

    assertEquals(0, run.code(), run.out() + run.err());
    assertEquals(300, run.table().path("rows").asInt());
  }
}
