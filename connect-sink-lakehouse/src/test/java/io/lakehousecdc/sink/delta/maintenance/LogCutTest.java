// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import io.lakehousecdc.sink.delta.KernelReader;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Codec;
import io.lakehousecdc.sink.delta.schema.PartitionBy;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.delta.table.OnOverwrite;
import io.lakehousecdc.sink.spi.TableOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCutTest {
  private static final Duration RETENTION = Duration.ofDays(7);
  private static final TableId TABLE = new TableId("public", "people");
  private static final RowSchema SCHEMA =
      new RowSchema(List.of(new Column("id", Primitive.INT64, false)), List.of(0));

  private final LocalFileIO store = new LocalFileIO();
  private long lsn;

  @TempDir Path root;

  @Test
  void versionsBeforeGoAndWritersThatKnewThemGoOn() throws IOException {
    try (DeltaTable known = table();
        DeltaTable other = table()) {
      for (int id = 0; id < 5; id++) {
        commit(known, id);
      }
      commit(other, 5);
      new LogUpkeep(store, location(), RETENTION).checkpoint();

      LogCut.Outcome outcome = new LogCut(store, location()).upTo(4, RETENTION, Duration.ZERO);

      assertEquals(Optional.empty(), outcome.refusal());
      assertTrue(outcome.files() >= 5, outcome.toString());
      assertEquals(5L, versions().get(0));
      commit(known, 6);
      commit(other, 7);
      commit(known, 0);
    }
    assertEquals(8, new KernelReader(store).rows(location()).size());
    try (DeltaTable again = table()) {
      commit(again, 8);
    }
    assertEquals(9, new KernelReader(store).rows(location()).size());
  }

  /** A writer that found an entry to be the newest may be about to write the next one. */
  @Test
  void youngEntriesStay() throws IOException {
    try (DeltaTable table = table()) {
      for (int id = 0; id < 5; id++) {
        commit(table, id);
      }
    }
    new LogUpkeep(store, location(), RETENTION).checkpoint();
    LogCut.Outcome outcome =
        new LogCut(store, location()).upTo(2, RETENTION, Duration.ofMinutes(10));
    assertTrue(outcome.refusal().isPresent());
    assertTrue(outcome.possibleFrom().orElseThrow().isAfter(Instant.now()));
    assertEquals(0L, versions().get(0));
  }

  @Test
  void logWithoutALaterCheckpointStays() throws IOException {
    try (DeltaTable table = table()) {
      commit(table, 1);
      new LogUpkeep(store, location(), RETENTION).checkpoint();
      commit(table, 2);
      long newest = versions().get(versions().size() - 1);
      assertTrue(
          new LogCut(store, location())
              .upTo(newest, RETENTION, Duration.ZERO)
              .refusal()
              .isPresent());
    }
    assertEquals(2, new KernelReader(store).rows(location()).size());
  }

  /** Also in a process that has read the log before it was cut. */
  @Test
  void vacuumStillKnowsWhatWasRemoved() throws IOException {
    try (DeltaTable table = table()) {
      commit(table, 1);
      RemovedFiles reading = Vacuum.removedFiles(store, location());
      long wanted = System.currentTimeMillis() - RETENTION.toMillis();
      assertTrue(reading.since(wanted, Long.MAX_VALUE).isPresent());
      String before = file(table);
      commit(table, 1);
      commit(table, 2);
      new LogUpkeep(store, location(), RETENTION).checkpoint();
      long newest = versions().get(versions().size() - 1);
      new LogCut(store, location()).upTo(newest - 1, RETENTION, Duration.ZERO);

      for (RemovedFiles each : List.of(reading, Vacuum.removedFiles(store, location()))) {
        Optional<RemovedFiles.Named> named = each.since(wanted, Long.MAX_VALUE);
        assertTrue(named.isPresent(), "the log reaches back as far as it did");
        assertTrue(named.get().contains(before), "what was removed is kept for the retention");
      }
    }
  }

  private String file(DeltaTable table) {
    return table
        .exclusively(
            state -> state.files().stream().map(LiveFile::location).collect(Collectors.toSet()))
        .map(Set::iterator)
        .orElseThrow()
        .next();
  }

  private List<Long> versions() throws IOException {
    return store.listFrom(location() + "/_delta_log/0").stream()
        .filter(file -> file.name().matches("\\d{20}\\.json"))
        .map(LogCutTest::version)
        .toList();
  }

  private static long version(FileInfo file) {
    return LogCut.version(file);
  }

  private DeltaTable table() {
    return new DeltaTable(
        TABLE,
        location(),
        store,
        new RowFiles(store, WriteOptions.DEFAULT),
        new DeltaSettings(
            root.toString(),
            true,
            Codec.ZSTD,
            Map.of(),
            PartitionBy.NOTHING,
            OnOverwrite.FAIL,
            new MaintenanceOptions(Optional.empty(), OptionalInt.empty(), Optional.empty())),
        TableOptions.DEFAULT);
  }

  private String location() {
    return root + "/public/people";
  }

  private void commit(DeltaTable table, long id) {
    lsn++;
    RowChange change =
        new RowChange.Upsert(
            RowKey.of(id),
            new Object[] {id},
            new ChangeInfo(Operation.UPDATE, new Position(0, lsn, lsn), lsn));
    table.commit(
        new TableBatch(TABLE, SCHEMA, List.of(change), List.of(), Optional.empty()),
        Histories.NONE,
        domains -> Optional.of(CommitExtras.of(Map.of())));
  }
}
