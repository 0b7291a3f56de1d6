// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.delta.kernel.Operation;
import io.delta.kernel.TableManager;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.utils.CloseableIterable;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.delta.KernelReader;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.storage.KernelFileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.delta.table.UnmaintainedItems;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that had deletion vectors once, and are to get none any more. */
class CompactionWithoutVectorsTest {
  /** Of a file that is worth copying. */
  private static final int ROWS = 40_000;

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @Test
  void rowsDeletedBeforeAreLeftOut() throws IOException {
    try (DeltaTable table = table()) {
      for (int file = 0; file < 2; file++) {
        Batches rows = items();
        for (int row = 0; row < ROWS; row++) {
          rows.upsert(1, file * ROWS + row, "n", "o", 1L);
        }
        commit(table, rows.build());
      }
      commit(table, items().delete(2, 7).delete(2, ROWS + 7).build());
      forbidVectors();
      TableCompaction compaction =
          new TableCompaction(
              table,
              store,
              location(),
              new Compactor(store, WriteOptions.DEFAULT),
              new CompactionPolicy(64 << 20, 2, 0.5));

      assertEquals(2, compaction.run());
      assertEquals(0, compaction.run());
      table.exclusively(
          state -> {
            assertEquals(1, state.files().size());
            assertTrue(state.files().stream().allMatch(file -> file.deleted().isEmpty()));
            return 0;
          });
      commit(table, items().upsert(3, 8, "m", "o", 1L).delete(3, ROWS + 8).build());
    }
    assertEquals(2 * ROWS - 3, new KernelReader(store).rows(location()).size());
    try (Stream<Path> files = Files.list(Path.of(location()))) {
      // Two that were compacted, the compacted one, its copy, and the new row's.
      assertEquals(5, files.filter(file -> file.toString().endsWith(".parquet")).count());
    }
  }

  private void forbidVectors() {
    Engine engine = DefaultEngine.create(new KernelFileIO(store, Map.of()));
    TableManager.loadSnapshot(location())
        .build(engine)
        .buildUpdateTableTransaction("a user", Operation.MANUAL_UPDATE)
        .withTablePropertiesAdded(Map.of("delta.enableDeletionVectors", "false"))
        .build(engine)
        .commit(engine, CloseableIterable.emptyIterable());
  }

  private DeltaTable table() {
    return UnmaintainedItems.open(store, root);
  }

  private String location() {
    return UnmaintainedItems.location(root);
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  private static void commit(DeltaTable table, TableBatch batch) {
    table.commit(batch, Histories.NONE, domains -> Optional.of(CommitExtras.of(Map.of())));
  }
}
