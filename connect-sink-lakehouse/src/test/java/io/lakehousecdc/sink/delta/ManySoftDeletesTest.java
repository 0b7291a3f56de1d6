// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A soft truncate deletes more rows than are held in memory at a time. */
class ManySoftDeletesTest {
  private static final int ROWS = 120_001;

  @TempDir Path root;

  @Test
  void everyRowIsDeletedOnceAndStillFound() {
    LocalFileIO store = new LocalFileIO();
    try (Target target =
        DeltaFixture.open(store, root, Warehouse.soft(), new TargetContext("sink", 0), Map.of())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      Batches rows = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
      for (int id = 0; id < ROWS; id++) {
        rows.upsert(1, id, "n", null, null);
      }
      owner.commit(rows.build());

      CommitReceipt receipt =
          owner.commit(Batches.batch(Warehouse.ITEMS, Warehouse.ITEM).truncate(5).build());
      owner.commit(
          Batches.batch(Warehouse.ITEMS, Warehouse.ITEM).upsert(6, 7, "new", null, null).build());

      assertEquals(ROWS, receipt.deleted());
    }
    BitSet deleted = new BitSet();
    int count = 0;
    for (Map<String, Object> row :
        new KernelReader(store).rows(root.resolve("shop").resolve("items").toString())) {
      count++;
      if (Boolean.TRUE.equals(row.get("_cdc_deleted"))) {
        deleted.set((Integer) row.get("id"));
      }
    }
    assertEquals(ROWS, count);
    assertEquals(ROWS - 1, deleted.cardinality());
    assertEquals(false, deleted.get(7));
  }
}
