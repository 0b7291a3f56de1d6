// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;

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
import org.junit.jupiter.api.io.TempDir;

/** A source, a target of one table with rows of many types, and the command between them. */
abstract class ReconcileFixture {
  static final ObjectMapper JSON = new ObjectMapper();
  static final AtomicInteger DATABASES = new AtomicInteger();
  static final String TOPIC = "src.public.goods";
  static final SourcePartition P0 = new SourcePartition(TOPIC, 0);
  static final TableId GOODS = new TableId("dwh", "goods");

  static final RowSchema SCHEMA =
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
  Map<String, String> settings;
  private Target target;
  PartitionOwner owner;
  String sourceUrl;
  String sourceUser;
  private Follower follower;
  long lsn;

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
    sourceUser = source.user();
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

  static Object[] cells(int i) {
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

  static long micros(String time) {
    java.time.LocalDateTime parsed = java.time.LocalDateTime.parse(time);
    return parsed.toEpochSecond(java.time.ZoneOffset.UTC) * 1_000_000L + parsed.getNano() / 1_000;
  }

  /** Changes that keep the target at all that the source has done, until the test ends. */
  void passTheSource() {
    follow(at -> Batches.batch(GOODS, SCHEMA).upsert(new Position(0, at, at), cells(1)));
  }

  void follow(LongFunction<Batches> changes) {
    follower = new Follower(() -> owner.commit(changes.apply(sourceLsn()).build()));
  }

  long sourceLsn() {
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
                sourceUser,
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

  static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  static String certainty(Run run) throws Exception {
    return run.table().path("differences").path(0).path("certainty").asText();
  }
}
