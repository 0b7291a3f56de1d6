// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of the source whose names are no names of directories below the root. */
class TableNamesTest {
  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(
      strings = {"_prisma_migrations", "..", ".", "a/b", "a\\b", "tab\tname", "_delta_log"})
  void recordsOfTheTableAreRefusedAndNothingElseIs(String name) {
    for (TableId table : new TableId[] {new TableId("shop", name), new TableId(name, "items")}) {
      try (Target target = open()) {
        PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
        Commit refused = owner.prepare(items(table).upsert(1, 1, "a", "t", 1L).build());
        RecordException failure = assertThrows(RecordException.class, () -> owner.commit(refused));
        assertEquals(table, failure.table());
        assertTrue(failure.getMessage().contains("table.name.map"), failure.getMessage());
        assertThrows(RecordException.class, () -> target.rehearse(refused));
      }
      // Neither this task nor one that starts anew remembers the table.
      try (Target target = open()) {
        PartitionOwner.of(target, Warehouse.P0)
            .commit(items(Warehouse.ITEMS).upsert(2, 1, "b", "t", 1L).build());
        assertEquals(1, rows());
      }
    }
  }

  @Test
  void tableThatAnOlderVersionRememberedIsForgotten() throws Exception {
    try (Target target = open()) {
      PartitionOwner.of(target, Warehouse.P0)
          .commit(items(Warehouse.ITEMS).upsert(1, 1, "a", "t", 1L).build());
    }
    TableLog offsets = new TableLog(store, root.resolve("_cdc_offsets").toString());
    String domain = "lakehousecdc.tables.sink";
    assertTrue(offsets.latest().orElseThrow().domains().containsKey(domain));
    offsets.commit(
        offsets.latest().orElseThrow(),
        NewCommit.ofDomains(
            Map.of(
                domain, Optional.of("[[\"shop\",\"items\"],[\"shop\",\"_prisma_migrations\"]]"))));
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      assertEquals(1, owner.state().orElseThrow().nextOffset());
      owner.commit(items(new TableId("shop", "others")).upsert(2, 1, "b", "t", 1L).build());
    }
    assertEquals(
        "[[\"shop\",\"items\"],[\"shop\",\"others\",\"src.shop.items\"]]",
        offsets.latest().orElseThrow().domains().get(domain));
  }

  private int rows() {
    return new KernelReader(store).rows(root.resolve("shop").resolve("items").toString()).size();
  }

  private Target open() {
    return DeltaFixture.open(
        store, root, TableOptions.DEFAULT, new TargetContext("sink", 0), Map.of());
  }

  private static Batches items(TableId table) {
    return Batches.batch(table, Warehouse.ITEM);
  }
}
