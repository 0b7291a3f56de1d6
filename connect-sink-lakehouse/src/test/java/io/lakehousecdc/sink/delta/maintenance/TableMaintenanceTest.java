// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.ForwardingFileIO;
import io.lakehousecdc.sink.delta.KernelReader;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Codec;
import io.lakehousecdc.sink.delta.schema.PartitionBy;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.delta.table.OnOverwrite;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableMaintenanceTest {
  private static final TableId TABLE = new TableId("public", "orders");
  private static final RowSchema SCHEMA =
      new RowSchema(
          List.of(
              new Column("id", Primitive.INT64, false), new Column("note", Primitive.TEXT, true)),
          List.of(0));
  private static final CompactionPolicy POLICY = new CompactionPolicy(256 << 10, 5, 0.5);
  private static final MaintenanceOptions NONE =
      new MaintenanceOptions(Optional.empty(), OptionalInt.empty(), Optional.empty());

  private final LocalFileIO store = new LocalFileIO();
  private final Map<Long, String> model = new HashMap<>();
  private final SplittableRandom random = new SplittableRandom(42);
  private long lsn;

  @TempDir Path root;

  @Test
  void filesDiskUseAndLogStayLevelOverManyCommits() throws IOException {
    try (DeltaTable table =
        table(NONE, Map.of("delta.logRetentionDuration", "interval 0 seconds"))) {
      TableCompaction compaction = compaction(table);
      Vacuum vacuum = new Vacuum(store, location(), Duration.ZERO);
      LogUpkeep log = new LogUpkeep(store, location(), Duration.ZERO);
      fill(table, 10_000);
      List<Figures> seen = new ArrayList<>();
      for (int commit = 1; commit <= 120; commit++) {
        commitRandom(table, 300);
        if (commit % 4 == 0) {
          int files = compaction.run();
          while (files > 0) {
            files = compaction.run();
          }
        }
        if (commit % 10 == 0) {
          log.checkpoint();
          log.removeSideFiles();
          table.checkpointed();
          vacuum.run(System.currentTimeMillis(), () -> active(table));
          seen.add(figures(table));
        }
      }
      // The first three rounds may still grow; from then on nothing may, but for noise.
      Figures early = Figures.greatest(seen.subList(2, 4));
      Figures late = Figures.greatest(seen.subList(10, 12));
      assertTrue(late.files <= early.files + 5, () -> "active files " + seen);
      assertTrue(late.dataBytes <= 1.3 * early.dataBytes, () -> "bytes of data " + seen);
      assertTrue(late.logFiles <= early.logFiles + 15, () -> "files of the log " + seen);
      assertEquals(model, stored());
    }
  }

  /** Commits go on while compactions and checkpoints come and go on their own thread. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void commitsBesideMaintenanceLoseNothing(boolean deletionVectors) throws IOException {
    MaintenanceOptions options =
        new MaintenanceOptions(Optional.of(POLICY), OptionalInt.of(7), Optional.empty());
    TableMaintenance.Figures figures;
    try (DeltaTable table =
        new DeltaTable(
            TABLE,
            location(),
            store,
            new RowFiles(store, WriteOptions.DEFAULT),
            new DeltaSettings(
                root.toString(),
                deletionVectors,
                Codec.ZSTD,
                Map.of(),
                PartitionBy.NOTHING,
                OnOverwrite.FAIL,
                options),
            TableOptions.DEFAULT)) {
      fill(table, 5_000);
      figures = table.maintenance().figures();
      int commits = 0;
      while (commits < 40 || figures.compactions.get() < 3 || figures.checkpoints.get() < 2) {
        commitRandom(table, 200);
        commits++;
        assertTrue(commits < 1000, "maintenance did not come to anything");
      }
      assertEquals(model, stored());
    }
    assertEquals(0, figures.failures.get());
    assertEquals(model, stored());

    // A table that is opened anew finds every row where the compactions put it.
    try (DeltaTable again = table(NONE, Map.of())) {
      commitRandom(again, 1000);
      assertEquals(model, stored());
    }
  }

  @Test
  void rowsDeletedDuringACompactionStayDeleted() throws IOException {
    try (DeltaTable table = table(NONE, Map.of())) {
      for (int i = 0; i < 6; i++) {
        fill(table, 100);
      }
      // Each file read by the compaction meets a commit that changes rows of all files.
      int[] meanwhile = {0};
      Compactor interrupted =
          new Compactor(
              new ForwardingFileIO(store) {
                @Override
                public FileInput open(String location) throws IOException {
                  commitRandom(table, 30);
                  meanwhile[0]++;
                  return super.open(location);
                }
              },
              WriteOptions.DEFAULT);

      int replaced = new TableCompaction(table, store, location(), interrupted, POLICY).run();

      assertEquals(6, replaced);
      assertTrue(meanwhile[0] >= 6);
      assertEquals(model, stored());
      commitRandom(table, 200);
      assertEquals(model, stored());
    }
  }

  /** Files large enough to be copied as they are stored, with rows that were deleted before. */
  @Test
  void rowsDeletedBeforeAndDuringACopyStayDeleted() throws IOException {
    try (DeltaTable table = table(NONE, Map.of())) {
      for (int i = 0; i < 6; i++) {
        fill(table, 70_000);
      }
      commitRandom(table, 500);
      Compactor interrupted =
          new Compactor(
              new ForwardingFileIO(store) {
                @Override
                public FileInput open(String location) throws IOException {
                  commitRandom(table, 100);
                  return super.open(location);
                }
              },
              WriteOptions.DEFAULT);
      CompactionPolicy large = new CompactionPolicy(64 << 20, 5, 0.5);

      int replaced = new TableCompaction(table, store, location(), interrupted, large).run();

      assertTrue(replaced >= 6, () -> "files replaced: " + replaced);
      assertEquals(model, stored());
      commitRandom(table, 2_000);
      assertEquals(model, stored());
    }
    try (DeltaTable again = table(NONE, Map.of())) {
      commitRandom(again, 2_000);
      assertEquals(model, stored());
    }
  }

  @Test
  void compactionGivesWayWhereAnotherOneReplacedItsFiles() throws IOException {
    try (DeltaTable table = table(NONE, Map.of());
        DeltaTable other = table(NONE, Map.of())) {
      for (int i = 0; i < 6; i++) {
        fill(table, 100);
      }
      boolean[] done = {false};
      Compactor slow =
          new Compactor(
              new ForwardingFileIO(store) {
                @Override
                public FileInput open(String location) throws IOException {
                  if (!done[0]) {
                    done[0] = true;
                    assertEquals(6, compaction(other).run());
                  }
                  return super.open(location);
                }
              },
              WriteOptions.DEFAULT);

      assertEquals(0, new TableCompaction(table, store, location(), slow, POLICY).run());
      assertEquals(model, stored());
      commitRandom(table, 100);
      assertEquals(model, stored());
    }
    Set<String> left = new HashSet<>();
    store.walk(location(), file -> left.add(file.name()));
    assertFalse(left.stream().anyMatch(name -> name.startsWith(".partial")), left.toString());
  }

  /** Otherwise the entry is written where nobody looks for it: before the checkpoint. */
  @Test
  void rowsAreSeenThatFollowAnotherProcessesCleanUpOfTheLog() throws IOException {
    Map<String, String> properties = Map.of("delta.logRetentionDuration", "interval 0 seconds");
    try (DeltaTable idle = table(NONE, properties);
        DeltaTable busy = table(NONE, properties)) {
      commit(idle, List.of(upsert(0)));
      for (long id = 1; id < 4; id++) {
        commit(busy, List.of(upsert(id)));
      }
      new LogUpkeep(store, location(), Duration.ZERO).checkpoint();
      commit(idle, List.of(upsert(1), upsert(4)));
    }
    assertEquals(model, stored());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 6})
  void tableThatOthersMadeAnewIsReadFromTheStart(int commits) throws IOException {
    try (DeltaTable table = table(NONE, Map.of());
        DeltaTable other = table(NONE, Map.of())) {
      for (long id = 0; id < 3; id++) {
        commit(table, List.of(upsert(id)));
      }
      model.clear();
      for (FileInfo file : files()) {
        store.delete(file.location());
      }
      for (long id = 3; id < 3 + commits; id++) {
        commit(other, List.of(upsert(id)));
      }
      commit(table, List.of(upsert(3), upsert(99)));
    }
    assertEquals(model, stored());
  }

  private List<FileInfo> files() throws IOException {
    List<FileInfo> files = new ArrayList<>();
    store.walk(location(), files::add);
    return files;
  }

  @Test
  void wantOfDirectMemoryIsCountedAndMaintenanceGoesOn() {
    AtomicInteger left = new AtomicInteger(2);
    FileIO scarce =
        new ForwardingFileIO(store) {
          @Override
          public FileInput open(String location) throws IOException {
            boolean compacts =
                location.endsWith(".parquet")
                    && Thread.currentThread().getName().startsWith("delta-maintenance");
            if (compacts && left.getAndDecrement() > 0) {
              throw new OutOfMemoryError("Cannot reserve direct buffer memory");
            }
            return super.open(location);
          }
        };
    MaintenanceOptions options =
        new MaintenanceOptions(Optional.of(POLICY), OptionalInt.empty(), Optional.empty());
    try (DeltaTable table = table(scarce, options, Map.of())) {
      TableMaintenance.Figures figures = table.maintenance().figures();
      for (int commits = 0; figures.compactions.get() == 0; commits++) {
        fill(table, 100);
        assertTrue(commits < 1000, "nothing was compacted");
      }
      assertEquals(2, figures.failures.get());
    }
    assertEquals(model, stored());
  }

  @Test
  void compactionPausesWhileCommitsFollowEachOther() {
    AtomicLong now = new AtomicLong();
    FileIO slow =
        new ForwardingFileIO(store) {
          @Override
          public FileInput open(String location) throws IOException {
            now.addAndGet(TimeUnit.SECONDS.toNanos(1));
            return super.open(location);
          }
        };
    MaintenanceOptions options =
        new MaintenanceOptions(Optional.of(POLICY), OptionalInt.of(1), Optional.empty());
    try (DeltaTable table = table(NONE, Map.of());
        TableMaintenance maintenance =
            new TableMaintenance(
                table,
                store,
                location(),
                new Compactor(slow, WriteOptions.DEFAULT),
                options,
                now::get)) {
      TableMaintenance.Figures figures = maintenance.figures();
      fillAndTell(table, maintenance);
      await("the first compaction", () -> figures.compactions.get() == 1);

      fillAndTell(table, maintenance);
      long looks = figures.checkpoints.get();
      // One that had begun its look before may have come too early to compact anything.
      for (int i = 1; i <= 2; i++) {
        commitRandom(table, 1);
        maintenance.committed();
        long expected = looks + i;
        await("a look", () -> figures.checkpoints.get() >= expected);
      }
      assertEquals(1, figures.compactions.get());

      now.addAndGet(TimeUnit.MINUTES.toNanos(2));
      commitRandom(table, 1);
      maintenance.committed();
      await("the compaction after the pause", () -> figures.compactions.get() > 1);
    }
    assertEquals(model, stored());
  }

  private void fillAndTell(DeltaTable table, TableMaintenance maintenance) {
    for (int i = 0; i < 6; i++) {
      fill(table, 100);
    }
    maintenance.committed();
  }

  private static void await(String what, BooleanSupplier condition) {
    Await.until(what, Duration.ofMinutes(2), () -> "", condition::getAsBoolean);
  }

  /** As where memory ends while the index follows a compaction. */
  @Test
  void tableIsReadAnewAfterWorkThatBrokeOff() {
    try (DeltaTable table = table(NONE, Map.of())) {
      commit(table, List.of(upsert(0), upsert(1), upsert(2)));
      assertThrows(
          OutOfMemoryError.class,
          () ->
              table.exclusively(
                  state -> {
                    state.files().clear();
                    throw new OutOfMemoryError("Cannot reserve direct buffer memory");
                  }));
      commit(table, List.of(upsert(0), upsert(1)));
    }
    assertEquals(model, stored());
  }

  private record Figures(int files, long dataBytes, int logFiles) {
    static Figures greatest(List<Figures> some) {
      return new Figures(
          some.stream().mapToInt(Figures::files).max().orElseThrow(),
          some.stream().mapToLong(Figures::dataBytes).max().orElseThrow(),
          some.stream().mapToInt(Figures::logFiles).max().orElseThrow());
    }
  }

  private Figures figures(DeltaTable table) throws IOException {
    long[] bytes = {0};
    int[] logFiles = {0};
    store.walk(
        location(),
        (FileInfo file) -> {
          if (file.location().contains("/_delta_log/")) {
            logFiles[0]++;
          } else {
            bytes[0] += file.size();
          }
        });
    int files = table.exclusively(state -> state.files().size()).orElseThrow();
    return new Figures(files, bytes[0], logFiles[0]);
  }

  private Set<String> active(DeltaTable table) {
    return table
        .exclusively(
            state -> {
              Set<String> locations = new HashSet<>();
              DeletionVectors vectors = new DeletionVectors(store, location());
              for (LiveFile file : state.files()) {
                locations.add(file.location());
                file.file().deletionVector().map(vectors::location).ifPresent(locations::add);
              }
              return locations;
            })
        .orElseThrow();
  }

  private TableCompaction compaction(DeltaTable table) {
    return new TableCompaction(
        table, store, location(), new Compactor(store, WriteOptions.DEFAULT), POLICY);
  }

  private DeltaTable table(MaintenanceOptions options, Map<String, String> properties) {
    return table(store, options, properties);
  }

  private DeltaTable table(
      FileIO files, MaintenanceOptions options, Map<String, String> properties) {
    return new DeltaTable(
        TABLE,
        location(),
        files,
        new RowFiles(files, WriteOptions.DEFAULT),
        new DeltaSettings(
            root.toString(),
            true,
            Codec.ZSTD,
            properties,
            PartitionBy.NOTHING,
            OnOverwrite.FAIL,
            options),
        TableOptions.DEFAULT);
  }

  private String location() {
    return root + "/public/orders";
  }

  /** Inserts new rows. */
  private void fill(DeltaTable table, int rows) {
    List<RowChange> changes = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      changes.add(upsert(model.size() + 1_000_000L * (lsn % 7)));
    }
    commit(table, changes);
  }

  /** Nine of ten changes update a row, one in twenty inserts one, one in twenty deletes one. */
  private void commitRandom(DeltaTable table, int count) {
    List<Long> ids = new ArrayList<>(model.keySet());
    Map<Long, RowChange> changes = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      long id = ids.get(random.nextInt(ids.size()));
      int action = random.nextInt(20);
      if (action == 0) {
        long fresh = random.nextLong();
        changes.put(fresh, upsert(fresh));
      } else if (action == 1) {
        model.remove(id);
        changes.put(id, new RowChange.Delete(RowKey.of(id), null, info(Operation.DELETE)));
      } else {
        changes.put(id, upsert(id));
      }
    }
    commit(table, List.copyOf(changes.values()));
  }

  private RowChange upsert(long id) {
    String note = "note " + random.nextLong();
    model.put(id, note);
    return new RowChange.Upsert(RowKey.of(id), new Object[] {id, note}, info(Operation.UPDATE));
  }

  private ChangeInfo info(Operation operation) {
    lsn++;
    return new ChangeInfo(operation, new Position(0, lsn, lsn), lsn);
  }

  private static void commit(DeltaTable table, List<RowChange> changes) {
    table.commit(
        new TableBatch(TABLE, SCHEMA, changes, List.of(), Optional.empty()),
        Histories.NONE,
        domains -> Optional.of(CommitExtras.of(Map.of())));
  }

  private Map<Long, String> stored() {
    Map<Long, String> rows = new HashMap<>();
    for (Map<String, Object> row : new KernelReader(store).rows(location())) {
      String before = rows.put((Long) row.get("id"), (String) row.get("note"));
      assertEquals(null, before, () -> "two rows of key " + row.get("id"));
    }
    return rows;
  }
}
