// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import io.lakehousecdc.tools.FedSink;
import io.lakehousecdc.tools.UsageException;
import io.lakehousecdc.tools.connect.SourceDatabase;
import io.lakehousecdc.tools.erase.People.Outcome;
import io.lakehousecdc.tools.removal.KeyText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresErasureIT {
  private static PostgresServer server;
  private static int databases;

  @TempDir Path directory;
  private PostgresDatabase database;

  @BeforeAll
  static void start() {
    server = PostgresServer.builder().name("erased").start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private Map<String, String> configuration(String mode) {
    database = server.createDatabase("erased" + ++databases);
    database.execute("CREATE SCHEMA shop");
    Map<String, String> settings = new HashMap<>(People.configuration("postgres"));
    settings.put("postgres.url", database.jdbcUrl());
    settings.put("postgres.user", database.user());
    settings.put("postgres.password", database.password());
    switch (mode) {
      case "soft" -> settings.put("delete.mode", "soft");
      case "log" -> {
        settings.put("write.mode", "append");
        settings.put("append.images", "both");
      }
      case "history" -> settings.put("write.mode", "history");
      default -> assertEquals("hard", mode);
    }
    return settings;
  }

  @ParameterizedTest
  @ValueSource(strings = {"hard", "soft", "log", "history"})
  void nothingOfThePersonIsInTheServersFilesAndTheSinkGoesOn(String mode) throws IOException {
    Map<String, String> settings = configuration(mode);
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      People.reject(sink);
      People.delete(sink);
      database.execute("ANALYZE shop.people", "CHECKPOINT");
      for (String secret : List.of(People.NAME, People.MAIL)) {
        assertFalse(holding(secret).isEmpty(), secret + " was never stored");
      }

      Outcome first = People.erase(directory, settings, "--vacuum-full");

      assertEquals(0, first.code(), first.out() + first.err());
      assertTrue(first.out().contains("dead letter"), first.out());
      // Old rows of the catalogue of statistics are the server's own matter.
      database.execute("VACUUM FULL pg_catalog.pg_statistic", "CHECKPOINT");
      for (String secret : People.SECRETS) {
        assertEquals(Set.of(), holding(secret), first.out());
      }

      Outcome second = People.erase(directory, settings);
      assertEquals(0, second.code(), second.out() + second.err());
      assertTrue(second.out().contains("Nothing found."), second.out());

      sink.feed(People.TABLE.update(300, 301, 3L, "person 1", "moved, too"));
      sink.feed(People.TABLE.create(310, 311, 1_000L, "new", "new mail"));
    }
    assertEquals(
        People.others() + 1, database.number("select count(distinct id) from shop.people"));
    List<List<Object>> runs =
        database.rows(
            "select table_name, key_columns, finished_at is not null, found, key_hash"
                + " from _cdc_erasures order by began_at");
    assertEquals(2, runs.size());
    assertEquals(List.of("shop.people", "id", true), runs.get(0).subList(0, 3));
    assertTrue(((String) runs.get(0).get(3)).contains("dead letter"));
    assertEquals("[]", runs.get(1).get(3));
    assertFalse(runs.get(0).get(4).equals(runs.get(1).get(4)), "each run has its salt");
  }

  /**
   * Files of the server, but those of other tests' databases. What its write-ahead log keeps, and
   * until when, is documented.
   */
  private Set<String> holding(String text) throws IOException {
    Path data = Path.of((String) database.value("show data_directory"));
    String own =
        "base/"
            + database.value(
                "select oid::text from pg_database where datname = current_database()");
    return StoredBytes.holding(
        data,
        text,
        file -> {
          String name = data.relativize(file).toString();
          return !name.startsWith("pg_wal")
              && (!name.startsWith("base/") || name.startsWith(own + "/"));
        });
  }

  @Test
  void rowThatLivesIsRefused() throws IOException {
    Map<String, String> settings = configuration("soft");
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      Outcome refused = People.erase(directory, settings);
      assertEquals(2, refused.code(), refused.out());
      assertTrue(refused.err().contains("Delete it at the source"), refused.err());
      assertEquals(1, database.number("select count(*) from shop.people where id = 42"));

      Outcome forced = People.erase(directory, settings, "--even-if-live");
      assertEquals(0, forced.code(), forced.out() + forced.err());
      assertEquals(0, database.number("select count(*) from shop.people where id = 42"));
    }
  }

  @Test
  void sourceThatStillHasTheRowIsAReasonToRefuse() throws IOException {
    Map<String, String> settings = configuration("soft");
    PostgresDatabase source = server.createDatabase("source" + ++databases);
    source.execute(
        "CREATE SCHEMA shop",
        "CREATE TABLE shop.people (id bigint primary key)",
        "INSERT INTO shop.people VALUES (42)",
        "CREATE ROLE reader LOGIN",
        "GRANT USAGE ON SCHEMA shop TO reader",
        "GRANT SELECT ON shop.people TO reader");
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      People.delete(sink);
      String url = source.jdbcUrl() + (source.jdbcUrl().contains("?") ? "&" : "?");
      String[] options = {
        "--source-url", url + "password=" + source.password(), "--source-user", source.user()
      };
      Outcome refused = People.erase(directory, settings, options);
      assertEquals(2, refused.code(), refused.out());
      assertTrue(refused.err().contains("The source still has the row"), refused.err());
      assertFalse(refused.err().contains(source.password()), refused.err());

      source.execute("DELETE FROM shop.people");
      Outcome done = People.erase(directory, settings, options);
      assertEquals(0, done.code(), done.out() + done.err());
    }
  }

  @Test
  void keyIsLookedForAsTheSourceWritesIt() {
    PostgresDatabase database = server.createDatabase("source" + ++databases);
    database.execute(
        "CREATE TABLE t (c char(3), u uuid, n numeric(10,2), z timestamptz, v varchar(2))");
    SourceRow source =
        new SourceRow(
            new SourceDatabase(
                database.jdbcUrl(),
                Optional.of(database.user()),
                Optional.of(database.password())));
    TableId table = new TableId("public", "t");

    assertEquals(
        Map.of(
            "c",
            "a' ",
            "u",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            "n",
            "1.50",
            "z",
            "2026-01-01 10:00:00+00"),
        source
            .asWritten(
                table,
                KeyText.parse(
                    List.of(
                        "c=a'",
                        "u=A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
                        "n=1.5",
                        "z=2026-01-01 12:00+02")))
            .columns());
    for (String cut : List.of("c=abcd", "n=1.505", "v=abc", "x=1")) {
      assertThrows(
          UsageException.class, () -> source.asWritten(table, KeyText.parse(List.of(cut))), cut);
    }
  }

  @Test
  void letterThatNobodyCanReadIsToldAndLeft() throws IOException {
    Map<String, String> settings = configuration("soft");
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      People.reject(sink);
      People.delete(sink);
      database.execute(
          "INSERT INTO shop.letters (topic, partition, \"offset\", value, created_at)"
              + " VALUES ('"
              + People.TABLE.topic()
              + "', 7, 1, 'row 42 of something', now()), ('"
              + People.TABLE.topic()
              + "', 7, 2, 'row 421 of something', now())");
      Outcome run = People.erase(directory, settings);
      assertEquals(1, run.code(), run.out() + run.err());
      assertTrue(run.out().contains("delete it by hand"), run.out());
      assertEquals(
          List.of(List.of(1L), List.of(2L)),
          database.rows("select \"offset\" from shop.letters order by 1"));
    }
  }

  @Test
  void partOfAKeyIsRefused() throws IOException {
    Map<String, String> settings = configuration("soft");
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
    }
    database.execute("UPDATE shop.people SET mail = 'same', _cdc_deleted = true");
    Path key = Files.writeString(directory.resolve("key"), "mail=same\n");
    Outcome run = People.erase(directory, settings, List.of("--key-file", key.toString()));
    assertEquals(2, run.code(), run.out());
    assertTrue(run.err().contains("name all columns of the key"), run.err());
    assertEquals(People.others() + 1, database.number("select count(*) from shop.people"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"log", "history"})
  void partOfAKeyIsRefusedWhereRowsDoNotTellOfWhichKeyTheyAre(String mode) throws IOException {
    Map<String, String> settings = configuration(mode);
    PostgresDatabase source = server.createDatabase("source" + ++databases);
    source.execute(
        "CREATE SCHEMA shop",
        "CREATE TABLE shop.people (id bigint, name text, mail text, primary key (id, mail))",
        "CREATE UNIQUE INDEX ON shop.people (name) WHERE mail IS NULL",
        "CREATE UNIQUE INDEX ON shop.people (lower(name))");
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      People.delete(sink);
    }
    database.execute("UPDATE shop.people SET name = 'same'");
    if (mode.equals("history")) {
      database.execute("UPDATE shop.people SET is_current = false");
    }
    long rows = database.number("select count(*) from shop.people");
    String url = source.jdbcUrl() + (source.jdbcUrl().contains("?") ? "&" : "?");
    List<String> options =
        List.of(
            "--source-url", url + "password=" + source.password(), "--source-user", source.user());
    for (String column : List.of("name=same", "id=42")) {
      Path key = Files.writeString(directory.resolve("key"), column + "\n");
      List<String> given = new ArrayList<>(options);
      given.addAll(List.of("--key-file", key.toString()));
      Outcome run = People.erase(directory, settings, given);
      assertEquals(2, run.code(), run.out());
      assertTrue(run.err().contains("name all columns of the key"), run.err());
      assertEquals(rows, database.number("select count(*) from shop.people"));

      Outcome dry =
          People.erase(directory, settings, List.of("--key-file", key.toString(), "--dry-run"));
      assertTrue(dry.out().contains("--source-url tells"), dry.out());
    }
  }

  @Test
  void partOfTheKeyThatTheConfigurationNamesIsRefused() throws IOException {
    Map<String, String> settings = configuration("log");
    settings.put("key.columns", "shop.people:id,mail");
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
    }
    long rows = database.number("select count(*) from shop.people");
    Outcome run = People.erase(directory, settings, "--even-if-live");
    assertEquals(2, run.code(), run.out());
    assertTrue(run.err().contains("name all columns of the key"), run.err());
    assertEquals(rows, database.number("select count(*) from shop.people"));

    Outcome whole = People.erase(directory, settings, "--key", "mail=x", "--dry-run");
    assertFalse(whole.out().contains("--source-url tells"), whole.out() + whole.err());
  }

  @Test
  void keyThatLooksLikeAStatementIsAValue() throws IOException {
    Map<String, String> settings = configuration("soft");
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      settings.put("topics", People.TABLE.topic());
      Outcome run =
          People.erase(directory, settings, "--key", "name=x'; DROP TABLE shop.people; --");
      assertEquals(0, run.code(), run.out() + run.err());
      assertTrue(run.out().contains("Nothing found."), run.out());
      Outcome wrong = People.erase(directory, settings, "--key", "mail=a", "--key", "nope=b");
      assertEquals(2, wrong.code());
      assertTrue(wrong.err().contains("no column nope"), wrong.err());
    }
  }
}
