// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.snapshot.TablePaths;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PendingSweep;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables with metadata domains as version 0.1 wrote them. */
class CarriedOverTest {
  private static final TableId OTHER = new TableId("shop", "other");
  private static final String HISTORIES = "lakehousecdc.histories.sink";
  private static final SourceId SOURCE = new SourceId("blue", "shop", "postgresql");
  private static final Histories CLAIMED =
      Histories.of(
          List.of(new History(0, SOURCE, History.ALWAYS), new History(1, SOURCE, 3_000)),
          Map.of(SOURCE, Set.of(Warehouse.ITEMS.toString())));

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  /** One partition is in epoch 1 when another is in epoch 0. */
  @BeforeEach
  void writeAsVersion01() {
    try (Target target = open()) {
      PartitionOwner.of(target, Warehouse.P0)
          .commit(items().upsert(new Position(1, 50, 50), 1, "busy", null, null).build());
      PartitionOwner.of(target, Warehouse.P1)
          .commit(items().upsert(new Position(0, 9_000, 9_000), 2, "quiet", null, null).build());
    }
    set(
        Warehouse.ITEMS,
        Map.of(
            name(Warehouse.P0),
            state(Warehouse.P0, "\"epoch\":1,\"commitLsn\":50,\"lsn\":50", 3_000),
            name(Warehouse.P1),
            state(Warehouse.P1, "\"epoch\":0,\"commitLsn\":9000,\"lsn\":9000", 2_500),
            "lakehousecdc.truncate",
            "{\"epoch\":1,\"commitLsn\":40,\"lsn\":40}"));
    set(
        TablePaths.OFFSETS,
        Map.of(
            "lakehousecdc.truncate.shop.other",
            "{\"epoch\":0,\"commitLsn\":10,\"lsn\":10}",
            "lakehousecdc.sweeps.sink/" + Warehouse.P0.topic() + "/shop/items",
            "{\"topic\":\""
                + Warehouse.P0.topic()
                + "\",\"schema\":\"shop\",\"table\":\"items\",\"epoch\":0,\"lsn\":100}"));
  }

  @Test
  void epochsOfPartitionsBecomeHistoriesOfAnUnnamedSource() {
    Histories expected =
        Histories.of(
            List.of(
                new History(0, SourceId.UNKNOWN, History.ALWAYS),
                new History(1, SourceId.UNKNOWN, 3_000)),
            Map.of());
    try (Target target = open()) {
      assertEquals(expected, target.histories());
    }
  }

  @Test
  void statesAreOfAnUnnamedSource() {
    try (Target target = open()) {
      assertEquals(
          Map.of(
              Warehouse.P0,
              loaded(new PartitionState(1, new Position(1, 50, 50), -1, 100, 3_000)),
              Warehouse.P1,
              loaded(new PartitionState(1, new Position(0, 9_000, 9_000), -1, 100, 2_500))),
          target.load(Set.of(Warehouse.P0, Warehouse.P1)));
    }
  }

  @Test
  void firstCommitStoresWhatIsCarriedOver() {
    try (Target target = open()) {
      PartitionOwner.of(target, Warehouse.P1)
          .knowing(CLAIMED)
          .commit(items().upsert(new Position(1, 60, 60), 3, "new", null, null).build());
      assertEquals(CLAIMED, target.histories());
    }
    try (Target target = open()) {
      assertEquals(CLAIMED, target.histories());
      assertEquals(
          loaded(new PartitionState(2, new Position(1, 60, 60), -1, 100, 60_000)),
          target.load(Set.of(Warehouse.P1)).get(Warehouse.P1));
    }
  }

  @Test
  void truncateHoldsForOlderHistoriesToo() {
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P1).knowing(CLAIMED);
      // Committed at 2,000 microseconds: before the truncate's history.
      owner.commit(items().upsert(new Position(0, 2, 2), 3, "late", null, null).build());
      owner.commit(items().upsert(new Position(1, 39, 39), 4, "late", null, null).build());
      owner.commit(items().upsert(new Position(1, 41, 41), 5, "after", null, null).build());
    }
    assertEquals(List.of(1, 2, 5), ids(Warehouse.ITEMS));
  }

  @Test
  void truncateThatCameBeforeItsTableIsFound() {
    try (Target target = open()) {
      PartitionOwner.of(target, Warehouse.P0)
          .commit(
              Batches.batch(OTHER, Warehouse.ITEM)
                  .upsert(9, 1, "before", null, null)
                  .upsert(11, 2, "after", null, null)
                  .build());
    }
    assertEquals(List.of(2), ids(OTHER));
  }

  @Test
  void sweepThatWaitsIsCarriedOut() {
    String topic = Warehouse.P0.topic();
    try (Target target = open()) {
      assertEquals(
          Set.of(new PendingSweep(Warehouse.ITEMS, topic, new Position(0, 100, 0), 0)),
          target.pendingSweeps(Set.of(topic)));
      PartitionOwner.of(target, Warehouse.P0)
          .commit(items().sweep(topic, 100, Sweep.Mode.REPORT).build());
      assertEquals(Set.of(), target.pendingSweeps(Set.of(topic)));
    }
  }

  private Target open() {
    return DeltaFixture.open(
        store, root, TableOptions.DEFAULT, new TargetContext("sink", 0), Map.of());
  }

  private void set(TableId id, Map<String, String> texts) {
    Map<String, Optional<String>> domains = new HashMap<>();
    texts.forEach((name, text) -> domains.put(name, Optional.of(text)));
    domains.put(HISTORIES, Optional.empty());
    try (DeltaTable table = MortalSink.table(store, root, id)) {
      table.setDomains(null, held -> Optional.of(CommitExtras.of(domains)));
    }
  }

  private static String name(SourcePartition partition) {
    return "lakehousecdc.offsets.sink/" + partition.topic() + "/" + partition.partition();
  }

  private static String state(SourcePartition partition, String highWater, long latest) {
    return "{\"topic\":\""
        + partition.topic()
        + "\",\"partition\":"
        + partition.partition()
        + ",\"nextOffset\":1,"
        + highWater
        + ",\"snapshotLsn\":-1,\"completedSnapshotLsn\":100,\"latestCommitMicros\":"
        + latest
        + ",\"tieCount\":1,\"firstTie\":77,\"writer\":\"w\",\"complete\":true}";
  }

  private static LoadedPartition loaded(PartitionState state) {
    return new LoadedPartition(state, Map.of());
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  private List<Object> ids(TableId id) {
    return new KernelReader(store)
        .rows(MortalSink.location(root, id)).stream().map(row -> row.get("id")).sorted().toList();
  }
}
