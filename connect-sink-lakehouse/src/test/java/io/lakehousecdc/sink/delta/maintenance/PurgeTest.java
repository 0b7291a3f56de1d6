// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import io.lakehousecdc.sink.delta.maintenance.MaintenanceOptions.VacuumSchedule;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Codec;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Encoding;
import io.lakehousecdc.sink.delta.schema.PartitionBy;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.delta.table.OnOverwrite;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.testkit.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PurgeTest {
  private static final TableId TABLE = new TableId("public", "people");
  private static final RowSchema SCHEMA =
      new RowSchema(
          List.of(
              new Column("id", Primitive.INT64, false), new Column("note", Primitive.TEXT, true)),
          List.of(0));
  private static final String SECRET = "nobody shall read this any more";
  private static final MaintenanceOptions NONE =
      new MaintenanceOptions(Optional.empty(), OptionalInt.empty(), Optional.empty());
  private static final PurgeSchedule SOON =
      new PurgeSchedule(Duration.ofSeconds(8), Duration.ofSeconds(4), 64 << 20);

  private final LocalFileIO store = new LocalFileIO();
  private long lsn;

  @TempDir Path root;

  /** One row of a thousand is no reason to compact; and nothing is committed after its delete. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void deletedRowGoesInTimeFromAnIdleTable(boolean compacts) throws IOException {
    try (DeltaTable table = table(purging(SOON, compacts))) {
      fill(table, 1_000);
      commit(table, deleted(7));
      assertTrue(isStored());
      Await.until("the row is gone from all files", () -> !isStored());
      assertEquals(999, rows());
      assertEquals(OptionalLong.empty(), table.maintenance().deletedSince());
      commit(table, upsert(8, "updated"));
      assertEquals(999, rows());
    }
  }

  @Test
  void deletedRowGoesThoughTheProcessThatDeletedItHasEnded() throws IOException {
    try (DeltaTable table = table(NONE)) {
      fill(table, 1_000);
      commit(table, deleted(7));
    }
    try (DeltaTable table = table(purging(SOON, true))) {
      assertTrue(table.exists());
      Await.until("the row is gone from all files", () -> !isStored());
    }
    assertEquals(999, rows());
  }

  @Test
  void filesWhoseRowsWereDeletedLatelyAreLeft() throws IOException {
    PurgeSchedule late = new PurgeSchedule(Duration.ofDays(3), Duration.ofDays(1), 64 << 20);
    try (DeltaTable table = table(NONE)) {
      fill(table, 1_000);
      commit(table, deleted(7));
      Set<String> files = files(table);
      assertEquals(0, compaction(table, late).run());
      assertEquals(files, files(table));
    }
  }

  /** The log tells since when, whatever is deleted later, and whoever reads it. */
  @Test
  void timeOfTheFirstDeletedRowIsKept() throws IOException {
    long since;
    try (DeltaTable table = table(NONE)) {
      long before = System.currentTimeMillis();
      fill(table, 1_000);
      assertEquals(Long.MAX_VALUE, deletedSince(table));
      commit(table, deleted(7));
      since = deletedSince(table);
      assertTrue(since >= before && since <= System.currentTimeMillis(), "since " + since);
      Await.until("a later time", () -> System.currentTimeMillis() > since + 5);
      commit(table, deleted(8));
      assertEquals(since, deletedSince(table));
      new LogUpkeep(store, location(), Duration.ZERO).checkpoint();
    }
    try (DeltaTable table = table(NONE)) {
      assertEquals(since, deletedSince(table));
    }
  }

  /** A large file of which nearly all rows are live is copied with those that are not. */
  @Test
  void timeComesAlongWithDeletedRows() throws IOException {
    try (DeltaTable table = table(NONE)) {
      fill(table, 70_000);
      commit(table, deleted(7));
      long since = deletedSince(table);
      for (int i = 0; i < 5; i++) {
        commit(table, upsert(100_000 + i, "more"));
      }
      CompactionPolicy policy = new CompactionPolicy(64 << 20, 2, 0.5);
      TableCompaction compaction =
          new TableCompaction(table, store, location(), new Compactor(store, options()), policy);
      assertTrue(compaction.run() > 1);
      assertEquals(since, deletedSince(table));
      assertTrue(isStored(), "deleted rows came along");

      PurgeSchedule now = new PurgeSchedule(Duration.ofMillis(2), Duration.ofMillis(1), 64 << 20);
      assertEquals(1, compaction(table, now).run());
      assertEquals(Long.MAX_VALUE, deletedSince(table));
      new Vacuum(store, location(), Duration.ZERO)
          .run(System.currentTimeMillis() + 10_000, () -> active(table));
      assertFalse(isStored());
    }
    assertEquals(70_004, rows());
  }

  @Test
  void rowsThatAreDeletedMeanwhileCountFromThen() throws IOException {
    try (DeltaTable table = table(NONE)) {
      fill(table, 1_000);
      commit(table, deleted(7));
      long first = deletedSince(table);
      Await.until("a later time", () -> System.currentTimeMillis() > first + 5);
      PurgeSchedule now = new PurgeSchedule(Duration.ofMillis(2), Duration.ofMillis(1), 64 << 20);
      boolean[] done = {false};
      Compactor interrupted =
          new Compactor(
              new ForwardingFileIO(store) {
                @Override
                public FileInput open(String location) throws IOException {
                  if (!done[0]) {
                    done[0] = true;
                    commit(table, deleted(9));
                  }
                  return super.open(location);
                }
              },
              options());
      TableCompaction compaction =
          new TableCompaction(
              table,
              store,
              location(),
              interrupted,
              Optional.empty(),
              Optional.of(now),
              new CompactionMemory(),
              Long.MAX_VALUE,
              () -> {});
      assertEquals(1, compaction.run());
      assertTrue(deletedSince(table) > first && deletedSince(table) < Long.MAX_VALUE);
    }
    assertEquals(998, rows());
  }

  @ParameterizedTest
  @CsvSource({"P30D,P7D", "PT2H,PT1H", "P8D,P7D", "PT4S,PT1S"})
  void filesAreRewrittenEarlyEnoughForTheVacuum(Duration after, Duration retention) {
    PurgeSchedule schedule = new PurgeSchedule(after, retention, 1);
    Duration gone =
        schedule
            .rewriteAfter()
            .plus(schedule.interval()) // until it is looked at
            .plus(retention)
            .plus(schedule.interval()); // until the vacuum comes
    assertTrue(gone.compareTo(after) < 0, gone + " of " + after);
  }

  private static MaintenanceOptions purging(PurgeSchedule schedule, boolean compacts) {
    return new MaintenanceOptions(
            compacts ? Optional.of(CompactionPolicy.DEFAULT) : Optional.empty(),
            OptionalInt.of(20),
            Optional.of(VacuumSchedule.of(schedule.retention())))
        .with(schedule);
  }

  private TableCompaction compaction(DeltaTable table, PurgeSchedule schedule) {
    return new TableCompaction(
        table,
        store,
        location(),
        new Compactor(store, options()),
        Optional.empty(),
        Optional.of(schedule),
        new CompactionMemory(),
        Long.MAX_VALUE,
        () -> {});
  }

  private static long deletedSince(DeltaTable table) {
    return table.exclusively(CompactionPlan::deletedSince).orElseThrow();
  }

  private static Set<String> files(DeltaTable table) {
    return table
        .exclusively(
            state -> state.files().stream().map(LiveFile::path).collect(Collectors.toSet()))
        .orElseThrow();
  }

  private static Set<String> active(DeltaTable table) {
    return table
        .exclusively(
            state -> state.files().stream().map(LiveFile::location).collect(Collectors.toSet()))
        .orElseThrow();
  }

  private static WriteOptions options() {
    return new WriteOptions(Codec.UNCOMPRESSED, Encoding.STANDARD);
  }

  private DeltaTable table(MaintenanceOptions maintenance) {
    return new DeltaTable(
        TABLE,
        location(),
        store,
        new RowFiles(store, options()),
        new DeltaSettings(
            root.toString(),
            true,
            Codec.UNCOMPRESSED,
            Map.of(),
            PartitionBy.NOTHING,
            OnOverwrite.FAIL,
            maintenance),
        TableOptions.DEFAULT);
  }

  private String location() {
    return root + "/public/people";
  }

  /** Whether a data file holds the text of the row with the key 7. */
  private boolean isStored() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(location()))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(SECRET)) {
          return true;
        }
      }
    }
    return false;
  }

  private int rows() {
    return new KernelReader(store).rows(location()).size();
  }

  private void fill(DeltaTable table, int rows) {
    List<RowChange> changes = new ArrayList<>();
    for (int id = 0; id < rows; id++) {
      changes.add(upsert(id, id == 7 ? SECRET : "note of " + id));
    }
    commit(table, changes.toArray(RowChange[]::new));
  }

  private RowChange upsert(long id, String note) {
    return new RowChange.Upsert(RowKey.of(id), new Object[] {id, note}, info(Operation.UPDATE));
  }

  private RowChange deleted(long id) {
    return new RowChange.Delete(RowKey.of(id), null, info(Operation.DELETE));
  }

  private ChangeInfo info(Operation operation) {
    lsn++;
    return new ChangeInfo(operation, new Position(0, lsn, lsn), lsn);
  }

  private static void commit(DeltaTable table, RowChange... changes) {
    table.commit(
        new TableBatch(TABLE, SCHEMA, List.of(changes), List.of(), Optional.empty()),
        Histories.NONE,
        domains -> Optional.of(CommitExtras.of(Map.of())));
  }
}
