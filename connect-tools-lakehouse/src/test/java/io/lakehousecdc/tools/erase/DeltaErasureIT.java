// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.ReadTables;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.tools.FedSink;
import io.lakehousecdc.tools.erase.People.Outcome;
import io.lakehousecdc.tools.removal.KeyText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaErasureIT {
  private static final String AT_ONCE = "--log-age=PT0S";

  @TempDir Path directory;
  private Path root;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
  }

  private Map<String, String> configuration(String mode) {
    Map<String, String> settings = new HashMap<>(People.configuration("delta"));
    settings.put("delta.root", root.toString());
    settings.put("delta.checkpoint.interval", "7");
    settings.put("delta.index.dir", directory.resolve("index").toString());
    switch (mode) {
      case "soft" -> settings.put("delete.mode", "soft");
      case "log" -> {
        settings.put("write.mode", "append");
        settings.put("append.images", "both");
      }
      case "history" -> settings.put("write.mode", "history");
      case "change feed" -> settings.put("delta.change.data.feed", "true");
      case "copies" -> settings.put("delta.deletion.vectors", "false");
      case "soft with change feed" -> {
        settings.put("delete.mode", "soft");
        settings.put("delta.change.data.feed", "true");
      }
      case "row tracking" -> settings.put("delta.table.properties.delta.enableRowTracking", "true");
      default -> assertEquals("hard", mode);
    }
    return settings;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hard",
        "soft",
        "log",
        "history",
        "change feed",
        "soft with change feed",
        "copies",
        "row tracking"
      })
  void nothingOfThePersonIsInAnyFileAndTheSinkGoesOn(String mode) throws IOException {
    Map<String, String> settings = configuration(mode);
    long next;
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      People.reject(sink);
      People.delete(sink);
      for (String secret : People.SECRETS) {
        assertFalse(StoredBytes.holding(root, secret).isEmpty(), secret + " was never stored");
      }

      Outcome first = People.erase(directory, settings, AT_ONCE);

      assertEquals(0, first.code(), first.out() + first.err());
      for (String secret : People.SECRETS) {
        assertEquals(Set.of(), StoredBytes.holding(root, secret), first.out());
      }
      assertTrue(first.out().contains("dead letter"), first.out());

      Outcome second = People.erase(directory, settings, AT_ONCE);
      assertEquals(0, second.code(), second.out() + second.err());
      assertTrue(second.out().contains("Nothing found."), second.out());
      assertTrue(second.out().contains("shop.letters: "), second.out());

      sink.feed(People.TABLE.update(300, 301, 3L, "person 1", "moved, too"));
      sink.feed(People.TABLE.create(310, 311, 1_000L, "new", "new mail"));
      next = sink.nextOffset();
    }
    Set<Object> ids = ids(settings);
    assertEquals(People.others() + 1, ids.size());
    assertFalse(ids.contains(People.ID));
    try (FedSink restarted = new FedSink(settings, People.TABLE.topic(), next)) {
      restarted.feed(People.TABLE.delete(400, 401, 1_000L, "new", "new mail"));
    }
  }

  @Test
  void rowThatLivesIsRefusedUnlessItIsAskedFor() throws IOException {
    Map<String, String> settings = configuration("hard");
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      Outcome refused = People.erase(directory, settings, AT_ONCE);
      assertEquals(2, refused.code(), refused.out());
      assertTrue(refused.err().contains("Delete it at the source"), refused.err());
      assertFalse(StoredBytes.holding(root, People.NAME).isEmpty());

      Outcome dry = People.erase(directory, settings, "--dry-run");
      assertEquals(1, dry.code(), dry.out());
      assertTrue(ids(settings).contains(People.ID));

      Outcome forced = People.erase(directory, settings, AT_ONCE, "--even-if-live");
      assertEquals(0, forced.code(), forced.out() + forced.err());
      assertEquals(Set.of(), StoredBytes.holding(root, People.NAME));
      assertFalse(ids(settings).contains(People.ID));
    }
  }

  /** What is too young to go is told, and is known to the next run, which finds no row any more. */
  @Test
  void logThatIsTooYoungRemainsAndIsRemembered() throws IOException {
    Map<String, String> settings = configuration("soft");
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      People.delete(sink);
      Outcome first = People.erase(directory, settings);
      assertEquals(1, first.code(), first.out() + first.err());
      assertTrue(first.out().contains("run this again after"), first.out());
      for (String holder : StoredBytes.holding(root, People.MAIL)) {
        assertTrue(holder.contains("/_delta_log/"), holder);
      }
      Outcome second = People.erase(directory, settings);
      assertEquals(1, second.code(), second.out() + second.err());

      Outcome third = People.erase(directory, settings, AT_ONCE);
      assertEquals(0, third.code(), third.out() + third.err());
      assertEquals(Set.of(), StoredBytes.holding(root, People.MAIL));
      assertTrue(People.erase(directory, settings).out().contains("Nothing found."));
    }
  }

  @Test
  void fileThatNoCommitNamesGoesWhenNoneCanBeUnderWay() throws IOException {
    Map<String, String> settings = configuration("hard");
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      Path table = root.resolve("shop/people");
      Path orphan = table.resolve("part-orphan.parquet");
      Files.copy(holderOf(People.MAIL, table), orphan);
      People.delete(sink);

      Outcome young = People.erase(directory, settings, AT_ONCE);
      assertEquals(1, young.code(), young.out() + young.err());
      assertTrue(young.out().contains("run this again in an hour"), young.out());
      assertEquals(
          Set.of("shop/people/part-orphan.parquet"), StoredBytes.holding(root, People.MAIL));

      Files.setLastModifiedTime(orphan, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
      Outcome old = People.erase(directory, settings, AT_ONCE);
      assertEquals(0, old.code(), old.out() + old.err());
      assertEquals(Set.of(), StoredBytes.holding(root, People.MAIL));
    }
  }

  private static Path holderOf(String secret, Path table) throws IOException {
    return table.resolve(
        StoredBytes.holding(table, secret, file -> file.toString().endsWith(".parquet")).stream()
            .filter(name -> !name.startsWith("_"))
            .findFirst()
            .orElseThrow());
  }

  @Test
  void letterThatNobodyCanReadIsToldAndLeft() throws IOException {
    Map<String, String> settings = configuration("soft");
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      People.rejectText(sink, "row 42 of something");
      People.rejectText(sink, "row 421 of something");
      People.delete(sink);
    }
    for (int run = 1; run <= 2; run++) {
      Outcome told = People.erase(directory, settings, AT_ONCE);
      assertEquals(1, told.code(), told.out() + told.err());
      assertEquals(
          2, told.out().split("may be about the key", -1).length, "in the first run and later");
    }
  }

  @Test
  void fileThatCannotBeReadIsNoProof() throws IOException {
    Map<String, String> settings = configuration("hard");
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      People.delete(sink);
      Files.writeString(root.resolve("shop/people/part-broken.parquet"), "no Parquet");
      Outcome run = People.erase(directory, settings, AT_ONCE);
      assertEquals(1, run.code(), run.out() + run.err());
      assertTrue(run.out().contains("unreadable file in part-broken.parquet"), run.out());
    }
  }

  /** The sink commits, and merges files, all the while. */
  @Test
  void sinkLosesNothingMeanwhile() throws Exception {
    Map<String, String> settings = configuration("soft");
    ExecutorService threads = Executors.newSingleThreadExecutor();
    AtomicBoolean ended = new AtomicBoolean();
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      People.delete(sink);
      Future<Integer> fed =
          threads.submit(
              () -> {
                int rows = 0;
                while (!ended.get() || rows < 30) {
                  long lsn = 1_000 + rows;
                  sink.feed(People.TABLE.create(lsn, lsn, 10_000L + rows, "n " + rows, "m"));
                  rows++;
                }
                return rows;
              });
      Outcome run = People.erase(directory, settings, AT_ONCE);
      ended.set(true);
      int rows = fed.get();
      assertEquals(0, run.code(), run.out() + run.err());
      for (String secret : People.SECRETS) {
        assertEquals(Set.of(), StoredBytes.holding(root, secret), run.out());
      }
      Set<Object> ids = ids(settings);
      assertEquals(People.others() + rows, ids.size());
      assertFalse(ids.contains(People.ID));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void twoRunsAtATimeDoNotHarmEachOther() throws Exception {
    Map<String, String> settings = configuration("history");
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      People.delete(sink);
    }
    Subject subject =
        Subject.of(
            ConfiguredSink.of(settings),
            "shop.people",
            Optional.empty(),
            KeyText.parse(List.of("id=" + People.ID)));
    Erasure.Wanted wanted =
        new Erasure.Wanted(
            PostgresOptions.VACUUM,
            false,
            false,
            Duration.ZERO,
            subject.key(),
            Optional.empty(),
            Optional.empty());
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Callable<Report> run =
          () -> new Erasure(subject, wanted, Optional.empty()).run(Erasure.Mode.ERASE);
      for (Future<Report> each : threads.invokeAll(List.of(run, run))) {
        try {
          each.get();
        } catch (ExecutionException e) {
          // One may find files gone that the other has deleted: it says so, and is run again.
          assertTrue(
              e.getCause() instanceof RuntimeException || e.getCause() instanceof IOException);
        }
      }
    } finally {
      threads.shutdownNow();
    }
    Outcome last = People.erase(directory, settings, AT_ONCE);
    assertEquals(0, last.code(), last.out() + last.err());
    for (String secret : People.SECRETS) {
      assertEquals(Set.of(), StoredBytes.holding(root, secret));
    }
    assertEquals(People.others(), ids(settings).size());
  }

  @Test
  void runIsRecordedWithoutTheKey() throws IOException {
    Map<String, String> settings = configuration("soft");
    try (FedSink sink = new FedSink(settings, People.TABLE.topic(), 0)) {
      People.live(sink);
      People.delete(sink);
    }
    Outcome run = People.erase(directory, settings, AT_ONCE, "--json");
    assertEquals(0, run.code(), run.out() + run.err());
    try (ReadTables tables = ReadTables.open(ConfiguredSink.of(settings).targetSettings())) {
      DeltaPlace place =
          new DeltaPlace(
              tables.store(),
              root.toRealPath() + "/_cdc_erasures",
              ConfiguredSink.of(settings).tables());
      ReadTable table = place.latest().orElseThrow();
      int[] rows = {0};
      for (LiveFile file : table.files()) {
        table.rows(
            file,
            table
                .shape()
                .columns(List.of("run", "table_name", "found", "delete_lsn", "finished_at")),
            (row, cells) -> {
              rows[0]++;
              assertTrue(run.out().contains((String) cells[0]), run.out());
              assertEquals("shop.people", cells[1]);
              assertTrue(((String) cells[2]).contains("soft-deleted row"), (String) cells[2]);
              assertEquals(201L, cells[3]);
              assertTrue(cells[4] != null, "it is finished");
            });
      }
      assertEquals(1, rows[0]);
    }
  }

  private Set<Object> ids(Map<String, String> settings) throws IOException {
    Set<Object> ids = new TreeSet<>();
    try (ReadTables tables = ReadTables.open(ConfiguredSink.of(settings).targetSettings())) {
      ReadTable table = tables.latest(new TableId("shop", "people")).orElseThrow();
      for (LiveFile file : table.files()) {
        table.rows(file, table.shape().columns(List.of("id")), (row, cells) -> ids.add(cells[0]));
      }
    }
    return ids;
  }
}
