// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A partition whose rows go to several tables, which commit one after the other. */
class SeveralTablesTest {
  private static final TableId DAYS = new TableId("shop", "days");
  private static final RowSchema DAY =
      Batches.schema(
          1, Batches.required("id", Primitive.INT32), Batches.optional("day", Primitive.DATE));

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @Test
  void tableThatHasCommittedKeepsItsRowsOnceWhenTheOtherRefusesItsOwn() {
    try (Target target = open()) {
      Commit both =
          PartitionOwner.of(target, Warehouse.P0)
              .prepare(
                  Batches.batch(Warehouse.ITEMS, Warehouse.ITEM)
                      .upsert(1, 1, "one", null, 1L)
                      .build(),
                  Batches.batch(DAYS, DAY).upsert(2, 1, Integer.MAX_VALUE).build());
      assertThrows(RecordException.class, () -> target.commit(both));
      // What is left when the refused record was reported.
      target.commit(
          new Commit(
              both.batches().subList(0, 1),
              both.advances(),
              List.of(),
              Map.of(Warehouse.ITEMS, Set.of(Warehouse.P0)),
              both.histories()));
    }
    assertEquals(1, new KernelReader(store).rows(root.resolve("shop/items").toString()).size());
    try (Target target = open()) {
      LoadedPartition loaded = target.load(Set.of(Warehouse.P0)).get(Warehouse.P0);
      assertEquals(2, loaded.state().nextOffset());
      assertEquals(Map.of(), loaded.tablesAhead());
    }
  }

  private Target open() {
    return DeltaFixture.open(
        store, root, Warehouse.append(), new TargetContext("sink", 0), Map.of());
  }
}
