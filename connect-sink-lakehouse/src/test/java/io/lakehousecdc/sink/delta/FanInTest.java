// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.delta.kernel.Operation;
import io.delta.kernel.TableManager;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.utils.CloseableIterable;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.domain.RememberedFloors;
import io.lakehousecdc.sink.delta.storage.KernelFileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several tables of one source in one table. */
class FanInTest {
  private static final SourceId SOURCE = new SourceId("shop", "db", "postgresql");
  private static final Histories ONE = known("public.a");
  private static final Histories TWO = known("public.a", "public.b");

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rowsOfAnotherTableFromBeforeATruncateOrSweepAreNotDropped(boolean truncated) {
    try (DeltaTable table = MortalSink.table(store, root, Warehouse.ITEMS)) {
      commit(table, items().upsert(1, 1, "a", "n", 1L).build(), ONE);
      commit(
          table,
          truncated
              ? items().truncate(10).build()
              : items().sweep("t", 10, Sweep.Mode.REMOVE).build(),
          ONE);
      FatalException refused =
          assertThrows(
              FatalException.class,
              () -> commit(table, items().upsert(5, 2, "b", "n", 1L).build(), TWO));
      assertTrue(refused.getMessage().contains("[public.a, public.b]"), refused::getMessage);
      assertTrue(refused.getMessage().contains("'0:10:"), refused::getMessage);
      // Later rows are of no concern.
      commit(table, items().upsert(11, 3, "b", "n", 1L).build(), TWO);
    }
    assertEquals(List.of(3), ids());
  }

  @Test
  void rowsOfAnotherTableInTheBatchOfASweepAreNotDropped() {
    try (DeltaTable table = MortalSink.table(store, root, Warehouse.ITEMS)) {
      commit(table, items().upsert(1, 1, "a", "n", 1L).build(), ONE);
      TableBatch batch =
          items().upsert(5, 2, "b", "n", 1L).sweep("t", 10, Sweep.Mode.REMOVE).build();
      FatalException refused = assertThrows(FatalException.class, () -> commit(table, batch, TWO));
      assertTrue(refused.getMessage().contains("[public.a, public.b]"), refused::getMessage);
    }
    assertEquals(List.of(1), ids());
  }

  @Test
  void lateRowsOfTheOneTableAreDroppedAndCounted() {
    try (DeltaTable table = MortalSink.table(store, root, Warehouse.ITEMS)) {
      commit(table, items().upsert(1, 1, "a", "n", 1L).truncate(10).build(), ONE);
      CommitReceipt receipt = commit(table, items().upsert(5, 2, "a", "n", 1L).build(), ONE);
      assertEquals(1, receipt.stale());
    }
    assertEquals(List.of(), ids());
  }

  @Test
  void rowsAreStoredOnceThePositionIsForgotten() {
    try (DeltaTable table = MortalSink.table(store, root, Warehouse.ITEMS)) {
      commit(table, items().upsert(1, 1, "a", "n", 1L).build(), ONE);
      commit(table, items().truncate(10).build(), ONE);
    }
    Engine engine = DefaultEngine.create(new KernelFileIO(store, Map.of()));
    TableManager.loadSnapshot(MortalSink.location(root, Warehouse.ITEMS))
        .build(engine)
        .buildUpdateTableTransaction("a user", Operation.MANUAL_UPDATE)
        .withTablePropertiesAdded(Map.of(RememberedFloors.FORGOTTEN, "0:10:10"))
        .build(engine)
        .commit(engine, CloseableIterable.emptyIterable());
    try (DeltaTable table = MortalSink.table(store, root, Warehouse.ITEMS)) {
      commit(table, items().upsert(5, 2, "b", "n", 1L).build(), TWO);
    }
    assertEquals(List.of(2), ids());
  }

  private static Histories known(String... sourceTables) {
    Set<String> fed = new HashSet<>(Set.of(Warehouse.ITEMS.toString()));
    for (String sourceTable : sourceTables) {
      fed.add(Warehouse.ITEMS + "\t" + sourceTable);
    }
    return Histories.of(List.of(new History(0, SOURCE, History.ALWAYS)), Map.of(SOURCE, fed));
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  private static CommitReceipt commit(DeltaTable table, TableBatch batch, Histories known) {
    return table.commit(
        batch, known, domains -> Optional.of(new CommitExtras(Map.of(), batch.sweep())));
  }

  private List<Object> ids() {
    return new KernelReader(store)
        .rows(MortalSink.location(root, Warehouse.ITEMS)).stream()
            .map(row -> row.get("id"))
            .sorted()
            .toList();
  }
}
