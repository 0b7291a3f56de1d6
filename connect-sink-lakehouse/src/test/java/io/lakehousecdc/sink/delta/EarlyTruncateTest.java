// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A truncate comes before the first row of its table, which is therefore not there yet. */
class EarlyTruncateTest {
  private static final RowSchema NOTHING = new RowSchema(List.of(), List.of());
  private static final RowSchema WITHOUT_QTY =
      new RowSchema(Warehouse.ITEM.columns().subList(0, 3), Warehouse.ITEM.keyColumns());
  private static final TableOptions DROPPING =
      new TableOptions(
          TableOptions.DEFAULT.writeMode(),
          TableOptions.DEFAULT.deleteMode(),
          TableOptions.DEFAULT.evolution(),
          TableOptions.DroppedColumns.DROP,
          TableOptions.DEFAULT.metadata(),
          TableOptions.DEFAULT.deadLetterTable());

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @Test
  void rowsOfBeforeThatComeLateAreDropped() {
    try (Target target = open()) {
      PartitionOwner.of(target, Warehouse.P0).commit(truncate(10));
      PartitionOwner.of(target, Warehouse.P0).commit(truncate(5));
    }
    // Another task, which has the rows of the other partition.
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P1);
      owner.commit(items().upsert(8, 1, "old", "t", 1L).upsert(11, 2, "new", "t", 1L).build());
      owner.commit(items().upsert(9, 3, "old", "t", 1L).build());
      assertEquals(List.of(2), ids());
    }
    try (Target target = open()) {
      PartitionOwner.of(target, Warehouse.P1)
          .commit(items().upsert(9, 4, "old", "t", 1L).upsert(12, 5, "new", "t", 1L).build());
    }
    assertEquals(List.of(2, 5), ids());
  }

  @Test
  void tableThatAppearsMeanwhileIsTruncated() {
    FailingStore interrupted = new FailingStore(store);
    try (Target truncating = open(interrupted);
        Target target = open()) {
      PartitionOwner one = PartitionOwner.of(truncating, Warehouse.P0);
      PartitionOwner other = PartitionOwner.of(target, Warehouse.P1);
      // When the truncate is about to be written down, the table is not there yet: now it is.
      interrupted.beforeNextLogEntry(
          () -> other.commit(items().upsert(8, 1, "old", "t", 1L).build()));
      one.commit(truncate(10));
      other.commit(items().upsert(11, 2, "new", "t", 1L).build());
    }
    assertEquals(List.of(2), ids());
  }

  /** A task that has just begun looks for truncates that came early, and finds one. */
  @Test
  void columnsThatTheSourceDropsAreFollowedFromTheFirstBatchOn() {
    try (Target target = open(store, DROPPING)) {
      PartitionOwner.of(target, Warehouse.P0).commit(truncate(10));
      PartitionOwner.of(target, Warehouse.P0)
          .commit(
              items()
                  .upsert(11, 1, "new", "t", 1L)
                  .seen("shop.items", 11, 11, "id", "name", "note", "qty")
                  .build());
    }
    try (Target target = open(store, DROPPING)) {
      PartitionOwner.of(target, Warehouse.P0)
          .commit(
              Batches.batch(Warehouse.ITEMS, WITHOUT_QTY)
                  .upsert(12, 2, "new", "t")
                  .seen("shop.items", 12, 12, "id", "name", "note")
                  .build());
    }
    assertEquals(List.of(1, 2), ids());
    assertFalse(rows().get(0).containsKey("qty"), () -> rows().toString());
  }

  private Target open() {
    return open(store);
  }

  private Target open(FileIO io) {
    return open(io, TableOptions.DEFAULT);
  }

  private Target open(FileIO io, TableOptions options) {
    return DeltaFixture.open(io, root, options, new TargetContext("sink", 0), Map.of());
  }

  private static TableBatch truncate(long lsn) {
    return Batches.batch(Warehouse.ITEMS, NOTHING).truncate(lsn).build();
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  private List<Object> ids() {
    return rows().stream().map(row -> row.get("id")).sorted().toList();
  }

  private List<Map<String, Object>> rows() {
    return new KernelReader(store).rows(root.resolve("shop").resolve("items").toString());
  }
}
