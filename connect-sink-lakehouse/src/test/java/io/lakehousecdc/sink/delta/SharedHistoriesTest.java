// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.order.Floor.Cause;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.domain.PartitionDomains;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.error.OutdatedHistoriesException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.PendingSweep;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Histories in the table of offsets, which tasks share whatever tables they write to. */
class SharedHistoriesTest {
  private static final TableId OTHER = new TableId("shop", "other");
  private static final SourceId BLUE = new SourceId("blue", "shop", "postgresql");
  private static final SourceId GREEN = new SourceId("green", "shop", "postgresql");
  private static final History FIRST = new History(0, BLUE, 1_000);
  private static final Histories FAILED_OVER =
      Histories.of(List.of(FIRST, new History(1, BLUE, 2_000)), Map.of());
  private static final Histories SHARDS =
      Histories.of(List.of(FIRST, new History(1, GREEN, 2_000)), Map.of());

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @Test
  void ofTwoTasksThatOpenAHistoryAtOnceOneBeginsAgain() {
    try (Target one = open();
        Target two = open()) {
      PartitionOwner first = PartitionOwner.of(one, Warehouse.P0).knowing(FAILED_OVER);
      PartitionOwner second = PartitionOwner.of(two, Warehouse.P1).knowing(SHARDS);
      Commit late = second.prepare(rows(OTHER).upsert(1, 1, "two", null, null).build());
      first.commit(rows(Warehouse.ITEMS).upsert(1, 1, "one", null, null).build());
      assertThrows(OutdatedHistoriesException.class, () -> two.commit(late));
    }
    assertFalse(Files.exists(root.resolve("shop/other")));
  }

  @Test
  void commitsThatBringNoHistoryLeaveTheTableOfOffsetsAlone() throws IOException {
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0).knowing(FAILED_OVER);
      owner.commit(rows(Warehouse.ITEMS).upsert(1, 1, "one", null, null).build());
      long before = versions();
      owner.commit(rows(Warehouse.ITEMS).upsert(2, 2, "two", null, null).build());
      owner.commit(rows(Warehouse.ITEMS).upsert(3, 3, "three", null, null).build());
      assertEquals(before, versions());
    }
  }

  @Test
  void historiesAreFoundInATableWhereTheTableOfOffsetsHasLostThem() {
    try (Target target = open()) {
      PartitionOwner.of(target, Warehouse.P0)
          .knowing(FAILED_OVER)
          .commit(rows(Warehouse.ITEMS).upsert(1, 1, "one", null, null).build());
    }
    try (DeltaTable offsets = MortalSink.table(store, root, new TableId("", "_cdc_offsets"))) {
      offsets.setDomains(
          null,
          held ->
              Optional.of(
                  CommitExtras.of(Map.of("lakehousecdc.histories.sink", Optional.empty()))));
    }
    try (Target target = open()) {
      assertEquals(FAILED_OVER, target.histories());
    }
  }

  @Test
  void restoredTableKeepsItsHistories() {
    Map<String, String> now = Map.of("lakehousecdc.histories.sink", "new", "other", "x");
    assertEquals(Map.of(), PartitionDomains.restored(now, Map.of()));
  }

  @Test
  void sweepsOfTwoShardsWaitSideBySide() {
    String topic = Warehouse.P0.topic();
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0).knowing(SHARDS);
      owner.commit(sweep(SHARDS, new Position(0, 100, 0)));
      owner.commit(sweep(SHARDS, new Position(1, 50, 0)));
      assertEquals(
          Set.of(pending(new Position(0, 100, 0)), pending(new Position(1, 50, 0))),
          target.pendingSweeps(Set.of(topic)));
    }
  }

  @Test
  void sweepOfALaterHistoryTakesThePlaceOfAnEarlierOne() {
    String topic = Warehouse.P0.topic();
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0).knowing(FAILED_OVER);
      owner.commit(sweep(FAILED_OVER, new Position(0, 100, 0)));
      owner.commit(sweep(FAILED_OVER, new Position(1, 50, 0)));
      assertEquals(Set.of(pending(new Position(1, 50, 0))), target.pendingSweeps(Set.of(topic)));
    }
  }

  @Test
  void softTruncatesOfTwoShardsDeleteTheRowsOfEach() {
    CommitReceipt receipt;
    try (Target target = open(Warehouse.soft())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0).knowing(SHARDS);
      owner.commit(
          rows(Warehouse.ITEMS)
              .upsert(new Position(0, 90, 90), 1, "blue", null, null)
              .upsert(new Position(1, 40, 40), 2, "green", null, null)
              .upsert(new Position(1, 60, 60), 3, "green, after", null, null)
              .build());
      TableBatch batch = rows(Warehouse.ITEMS).build();
      receipt =
          owner.commit(
              batch.withTruncates(
                  List.of(
                      SHARDS.floor(
                          new Position(0, 100, 100), Cause.TRUNCATE, SourceRelation.SHARDS),
                      SHARDS.floor(
                          new Position(1, 50, 50), Cause.TRUNCATE, SourceRelation.SHARDS))));
      // Below the floor that the table remembers of its own source.
      owner.commit(
          rows(Warehouse.ITEMS).upsert(new Position(0, 95, 95), 4, "late", null, null).build());
    }
    assertEquals(2, receipt.deleted());
    Map<Object, List<Object>> stored = new HashMap<>();
    new KernelReader(store)
        .rows(MortalSink.location(root, Warehouse.ITEMS))
        .forEach(
            row ->
                stored.put(
                    row.get("id"),
                    List.of(row.get("_cdc_deleted"), row.get("_cdc_epoch"), row.get("_cdc_lsn"))));
    assertEquals(
        Map.of(1, List.of(true, 0, 100L), 2, List.of(true, 1, 50L), 3, List.of(false, 1, 60L)),
        stored);
  }

  private static PendingSweep pending(Position below) {
    return new PendingSweep(Warehouse.ITEMS, Warehouse.P0.topic(), below, 0);
  }

  private static TableBatch sweep(Histories known, Position below) {
    Sweep sweep =
        new Sweep(
            Warehouse.P0.topic(),
            known.floor(below, Cause.SWEEP, SourceRelation.SHARDS),
            Sweep.Mode.REMOVE);
    return new TableBatch(
        Warehouse.ITEMS, Warehouse.ITEM, List.of(), List.of(), Optional.of(sweep));
  }

  private Target open() {
    return open(TableOptions.DEFAULT);
  }

  private Target open(TableOptions options) {
    return DeltaFixture.open(store, root, options, new TargetContext("sink", 0), Map.of());
  }

  private static Batches rows(TableId table) {
    return Batches.batch(table, Warehouse.ITEM);
  }

  private long versions() throws IOException {
    try (var log = Files.list(root.resolve("_cdc_offsets/_delta_log"))) {
      return log.filter(file -> file.toString().endsWith(".json")).count();
    }
  }
}
