// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.index.IndexBudget;
import io.lakehousecdc.sink.delta.maintenance.MaintenanceOptions;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Codec;
import io.lakehousecdc.sink.delta.schema.PartitionBy;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.delta.table.OnOverwrite;
import io.lakehousecdc.sink.delta.table.TableLock;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Truncates and sweeps of which a piece is a fraction of the table. */
class RemovalsAheadTest {
  private static final int IDS = 600;
  private static final long FLOOR = 10;
  private static final long SMALL_PIECE = 3_000;

  @TempDir Path root;

  private enum Way {
    SOFT_TRUNCATE(true, true, true),
    SOFT_SWEEP(true, false, true),
    SOFT_TRUNCATE_BY_COPIES(true, true, false),
    TRUNCATE_BY_COPIES(false, true, false),
    SWEEP_BY_COPIES(false, false, false),
    TRUNCATE_WITH_FEED(false, true, true),
    SWEEP_WITH_FEED(false, false, true);

    final boolean soft;
    final boolean truncates;
    final boolean vectors;

    Way(boolean soft, boolean truncates, boolean vectors) {
      this.soft = soft;
      this.truncates = truncates;
      this.vectors = vectors;
    }

    /** Where nothing else writes the rows that go, the feed does. */
    Map<String, String> properties() {
      return Map.of("delta.enableChangeDataFeed", "" + (!soft && vectors));
    }

    /** The removal, with changes of rows that it removes, and of one that it does not. */
    TableBatch batch() {
      Batches batch = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
      // A hard truncate leaves nothing to take the value of an unchanged cell from.
      Object note = truncates && !soft ? "note" : Cell.UNCHANGED;
      batch.upsert(30, 7, "changed", note, 1L).upsert(30, 8, "changed", note, 2L).delete(30, 9);
      batch.upsert(30, 100, "changed", note, 3L);
      if (!truncates) {
        batch.moved(RowKey.of(11), 30, 1011, "moved", note, 4L);
      }
      return truncates
          ? batch.truncate(FLOOR).build()
          : batch.sweep("src.shop.items", FLOOR, Sweep.Mode.REMOVE).build();
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void piecesEndAsOneCommitDoes(Way way) throws IOException {
    LocalFileIO store = new LocalFileIO();
    CommitReceipt whole;
    try (DeltaTable table = table(store, "whole", way, Long.MAX_VALUE)) {
      fill(table);
      whole = commit(table, way.batch());
    }
    CommitReceipt pieces;
    try (DeltaTable table = table(store, "pieces", way, SMALL_PIECE)) {
      fill(table);
      long before = commits("pieces");
      pieces = commit(table, way.batch());
      assertTrue(commits("pieces") - before > 4, "not in pieces");
      // The index follows: nothing is doubled.
      assertEquals(rows("whole"), rows("pieces"));
      commit(
          table,
          Batches.batch(Warehouse.ITEMS, Warehouse.ITEM)
              .upsert(40, 1, "back", "n", 1L)
              .upsert(40, 101, "on", "n", 1L)
              .build());
      assertEquals("back", rows("pieces").get(1).get("name"));
    }
    assertEquals(whole, pieces);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void processesThatDieBetweenPiecesLeaveTheRestToOthers(Way way) throws IOException {
    FailingStore store = new FailingStore(new LocalFileIO());
    try (DeltaTable table = table(store, "whole", way, Long.MAX_VALUE)) {
      fill(table);
      commit(table, way.batch());
    }
    try (DeltaTable table = table(store, "pieces", way, SMALL_PIECE)) {
      fill(table);
    }
    Map<Integer, Map<String, Object>> newer = newer(rows("pieces"));
    int deaths = 0;
    boolean done = false;
    for (int step = 1; !done; step++) {
      try (DeltaTable table = table(store, "pieces", way, SMALL_PIECE)) {
        store.failAt(step, step % 2 == 0);
        commit(table, way.batch());
        done = !store.heal();
      } catch (TargetException | IllegalStateException death) {
        assertTrue(store.heal(), death::toString);
        deaths++;
        Map<Integer, Map<String, Object>> seen = newer(rows("pieces"));
        seen.keySet().retainAll(newer.keySet());
        assertEquals(newer.keySet(), seen.keySet(), "rows that nothing removes");
      }
    }
    assertTrue(deaths > 3, "died " + deaths + " times");
    assertEquals(rows("whole"), rows("pieces"));
  }

  /** Another task is behind, and brings an older change of a row that a piece has removed. */
  @ParameterizedTest
  @EnumSource(Way.class)
  void olderChangeThatComesBetweenPiecesIsBelowTheFloor(Way way) throws IOException {
    LocalFileIO store = new LocalFileIO();
    AtomicInteger asked = new AtomicInteger();
    try (DeltaTable table = table(store, "whole", way, Long.MAX_VALUE)) {
      fill(table);
      commit(table, way.batch());
    }
    try (DeltaTable table = table(store, "pieces", way, SMALL_PIECE);
        DeltaTable other = table(store, "pieces", way, SMALL_PIECE)) {
      fill(table);
      Set<Integer> live = live(rows("pieces"));
      TableBatch batch = way.batch();
      table.commit(
          batch,
          Histories.NONE,
          domains -> {
            if (asked.incrementAndGet() == 2) {
              Set<Integer> removed = new TreeSet<>(live);
              removed.removeAll(live(rows("pieces")));
              Batches late = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
              int id = removed.iterator().next();
              late.upsert(FLOOR - 1, id, "late", Cell.UNCHANGED, 1L);
              assertEquals(1, commit(other, late.build()).stale());
            }
            return Optional.of(new CommitExtras(Map.of(), batch.sweep()));
          });
    }
    assertTrue(asked.get() > 4, "not in pieces");
    assertEquals(rows("whole"), rows("pieces"));
  }

  /** A truncate that comes by itself does not tell the key's name. */
  @Test
  void truncateFindsTheKeyUnderTheNameThatAnotherWriterGaveIt() throws IOException {
    LocalFileIO store = new LocalFileIO();
    try (DeltaTable table = table(store, "renamed", Way.SOFT_TRUNCATE, Long.MAX_VALUE)) {
      fill(table);
      renameKey(store, "renamed");
      TableBatch alone =
          Batches.batch(Warehouse.ITEMS, Batches.schema(0)).truncate(Long.MAX_VALUE).build();
      assertEquals(IDS - IDS / 50, commit(table, alone).deleted());
    }
    for (Map<String, Object> row :
        new KernelReader(store).rows(root.resolve("renamed").toString())) {
      assertEquals(true, row.get("_cdc_deleted"), () -> "row " + row.get("pk"));
    }
  }

  private void renameKey(LocalFileIO store, String name) throws IOException {
    Path log = root.resolve(name).resolve("_delta_log");
    for (String line : Files.readAllLines(log.resolve("%020d.json".formatted(0)))) {
      if (line.startsWith("{\"metaData\"")) {
        String renamed = line.replace("\\\"name\\\":\\\"id\\\"", "\\\"name\\\":\\\"pk\\\"");
        store.putIfAbsent(
            log.resolve("%020d.json".formatted(commits(name))).toString(),
            ("{\"commitInfo\":{\"operation\":\"RENAME COLUMN\"}}\n" + renamed + "\n")
                .getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private static Set<Integer> live(Map<Integer, Map<String, Object>> rows) {
    Set<Integer> live = new TreeSet<>(rows.keySet());
    live.removeIf(id -> Boolean.TRUE.equals(rows.get(id).get("_cdc_deleted")));
    return live;
  }

  /** Rows that are neither deleted nor below the floor, nor to be deleted by the batch. */
  private static Map<Integer, Map<String, Object>> newer(Map<Integer, Map<String, Object>> rows) {
    Map<Integer, Map<String, Object>> newer = new TreeMap<>(rows);
    newer.remove(9);
    newer
        .values()
        .removeIf(
            row ->
                (Long) row.get("_cdc_lsn") < FLOOR || Boolean.TRUE.equals(row.get("_cdc_deleted")));
    return newer;
  }

  /** Files that hold older and newer rows, and deleted ones. */
  private static void fill(DeltaTable table) {
    for (int part = 0; part < 6; part++) {
      Batches rows = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
      for (int id = part; id < IDS; id += 6) {
        rows.upsert(id % 5 == 0 ? 20 : 1 + part, id, "name " + id, "note " + id, (long) id);
      }
      commit(table, rows.build());
    }
    Batches changes = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
    for (int id = 0; id < IDS; id += 50) {
      changes.delete(21, id + 1).upsert(21, id, "again", "note", 0L);
    }
    commit(table, changes.build());
  }

  private static CommitReceipt commit(DeltaTable table, TableBatch batch) {
    return table.commit(
        batch, Histories.NONE, domains -> Optional.of(new CommitExtras(Map.of(), batch.sweep())));
  }

  private DeltaTable table(FileIO store, String name, Way way, long pieceBytes) {
    return new DeltaTable(
        Warehouse.ITEMS,
        root.resolve(name).toString(),
        store,
        new RowFiles(store, WriteOptions.DEFAULT),
        new DeltaSettings(
            root.toString(),
            way.vectors,
            Codec.ZSTD,
            way.properties(),
            PartitionBy.NOTHING,
            OnOverwrite.FAIL,
            new MaintenanceOptions(Optional.empty(), OptionalInt.empty(), Optional.empty())),
        way.soft ? Warehouse.soft() : TableOptions.DEFAULT,
        new TableLock(Warehouse.ITEMS, root.resolve(name).toString()),
        new IndexBudget(),
        pieceBytes);
  }

  private Map<Integer, Map<String, Object>> rows(String name) {
    Map<Integer, Map<String, Object>> rows = new TreeMap<>();
    for (Map<String, Object> row :
        new KernelReader(new LocalFileIO()).rows(root.resolve(name).toString())) {
      assertFalse(rows.containsKey((Integer) row.get("id")), () -> "twice: " + row.get("id"));
      rows.put((Integer) row.get("id"), row);
    }
    return rows;
  }

  private long commits(String name) throws IOException {
    try (var log = Files.list(root.resolve(name).resolve("_delta_log"))) {
      return log.filter(file -> file.toString().endsWith(".json")).count();
    }
  }
}
