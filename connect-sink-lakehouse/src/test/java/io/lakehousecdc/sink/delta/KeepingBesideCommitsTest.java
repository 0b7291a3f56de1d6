// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.Seeds;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.index.IndexMemory;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.snapshot.KeptKeys;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.KeySource;
import io.lakehousecdc.sink.delta.snapshot.KeysInKeeping;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

/** An index whose parts are copied between commits is as good as the table when it is read. */
class KeepingBesideCommitsTest {
  private static final int IDS = 300;

  @TempDir Path root;
  @TempDir Path directory;

  private final LocalFileIO store = new LocalFileIO();
  private final RowFiles rowFiles = new RowFiles(store, WriteOptions.DEFAULT);
  private long lsn;

  /** Every row of the newest version, and of older ones that it is taken back to, is found. */
  @ParameterizedTest
  @Seeds(1)
  void everyRowIsFoundWhateverIsCommittedBetweenTheParts(long seed) throws IOException {
    Random random = new Random(seed);
    try (DeltaTable table = MortalSink.table(store, root, Warehouse.ITEMS)) {
      commit(table, random, IDS);
      commit(table, random, 20);
      KeptKeys kept = kept();
      KeysInKeeping keys = table.exclusively(kept::begin).orElseThrow().orElseThrow();
      long first = foreign().version();
      while (table.exclusively(keys::copyNext).orElseThrow()) {
        keys.write();
        switch (random.nextInt(12)) {
          case 0 -> commit(table, random, 1 + random.nextInt(20));
          case 1 -> foreign().optimize(random);
          case 2 -> {
            int third = random.nextInt(3);
            foreign().delete("id", id -> (Integer) id % 7 == third);
          }
          default -> {}
        }
      }
      assertTrue(table.exclusively(keys::seal).orElseThrow());
      keys.publish();
      keys.close();
      commit(table, random, 20);
      foreign().optimize(random);
      commit(table, random, 5);
      long last = foreign().version();
      for (long version = first; version <= last; version++) {
        foreign().restore(version);
        assertAllFound();
      }
    }
  }

  @Test
  void indexThatIsGivenUpMeanwhileIsNotKept() throws IOException {
    try (DeltaTable table = MortalSink.table(store, root, Warehouse.ITEMS)) {
      commit(table, new Random(1), IDS);
      long before = foreign().version();
      commit(table, new Random(2), 30);
      try (KeysInKeeping keys = table.exclusively(kept()::begin).orElseThrow().orElseThrow()) {
        assertTrue(table.exclusively(keys::copyNext).orElseThrow());
        keys.write();
        foreign().restore(before);

        commit(table, new Random(3), 30);

        assertFalse(table.exclusively(keys::copyNext).orElseThrow());
        assertFalse(table.exclusively(keys::seal).orElseThrow());
      }
    }
    try (var left = Files.list(directory)) {
      assertEquals(0, left.count());
    }
  }

  /** Their keys pointed elsewhere when some of the parts were copied. */
  @Test
  void rowsOfFilesThatWereGoneMeanwhileAreFound() throws IOException {
    try (DeltaTable table = MortalSink.table(store, root, Warehouse.ITEMS)) {
      commit(table, new Random(1), IDS);
      long first = foreign().version();
      KeptKeys kept = kept();
      try (KeysInKeeping keys = table.exclusively(kept::begin).orElseThrow().orElseThrow()) {
        foreign().optimize(new Random(2));
        assertTrue(table.exclusively(keys::copyNext).orElseThrow());
        keys.write();
        foreign().restore(first);
        while (table.exclusively(keys::copyNext).orElseThrow()) {
          keys.write();
        }
        if (table.exclusively(keys::seal).orElseThrow()) {
          keys.publish();
        } else {
          keep(table, kept);
        }
      }
      assertAllFound();
    }
  }

  @Test
  void indexThatIsKeptAsItIsIsNotWrittenAgain() throws IOException {
    try (DeltaTable table = MortalSink.table(store, root, Warehouse.ITEMS)) {
      commit(table, new Random(1), IDS);
      KeptKeys kept = kept();
      keep(table, kept);

      assertTrue(table.exclusively(kept::begin).orElseThrow().isEmpty());

      commit(table, new Random(2), 3);
      assertTrue(table.exclusively(kept::begin).orElseThrow().isPresent());
    }
  }

  private static void keep(DeltaTable table, KeptKeys kept) throws IOException {
    try (KeysInKeeping keys = table.exclusively(kept::begin).orElseThrow().orElseThrow()) {
      while (table.exclusively(keys::copyNext).orElseThrow()) {
        keys.write();
      }
      assertTrue(table.exclusively(keys::seal).orElseThrow());
      keys.publish();
    }
  }

  private void commit(DeltaTable table, Random random, int changes) {
    lsn++;
    Batches batch = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
    Set<Integer> ids = new TreeSet<>();
    while (ids.size() < changes) {
      int id = changes == IDS ? ids.size() : random.nextInt(IDS);
      if (ids.add(id)) {
        if (random.nextInt(5) == 0) {
          batch.delete(lsn, id);
        } else {
          batch.upsert(lsn, id, "v" + lsn, null, null);
        }
      }
    }
    table.commit(
        batch.build(),
        Histories.NONE,
        held -> Optional.of(new CommitExtras(Map.of(), Optional.empty())));
  }

  /** With the index as a task that starts now reads it. */
  private void assertAllFound() throws IOException {
    KeySource source = new KeySource(IndexMemory.unlimited(), Optional.of(kept()));
    try (TableState state =
        new TableState(
            log().latest().orElseThrow(),
            location(),
            rowFiles,
            new DeletionVectors(store, location()),
            MetadataColumns.DEFAULT,
            source)) {
      KeyMap keys = state.keys(List.of("id"), Set.of());
      assertTrue(Files.exists(onlyFile()), "the index was discarded");
      Map<Integer, String> stored = new TreeMap<>();
      for (var file : state.files()) {
        rowFiles.read(
            file,
            file.live(),
            state.shape().columns(List.of("id")),
            (row, values) -> stored.put((Integer) values[0], file.path() + " " + row));
      }
      Map<Integer, String> found = new TreeMap<>();
      for (int id = 0; id < IDS; id++) {
        StoredRow row = state.find(new ArrayList<>(List.of(keys.encode(new Object[] {id}))))[0];
        if (row != null) {
          found.put(id, row.file().path() + " " + row.row());
        }
      }
      assertEquals(stored, found, "version " + state.version().number());
    }
  }

  private Path onlyFile() throws IOException {
    try (var files = Files.list(directory)) {
      return files.findFirst().orElse(directory.resolve("none"));
    }
  }

  private KeptKeys kept() {
    return new KeptKeys(directory, log());
  }

  private TableLog log() {
    return new TableLog(store, location());
  }

  private ForeignWriter foreign() {
    return new ForeignWriter(store, location());
  }

  private String location() {
    return MortalSink.location(root, Warehouse.ITEMS);
  }
}
