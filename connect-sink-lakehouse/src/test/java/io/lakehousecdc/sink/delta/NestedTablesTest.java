// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table without a schema has the same directory as a schema of its name. */
class NestedTablesTest {
  private static final TableId OUTER = new TableId("", "shop");
  private static final TableId INNER = new TableId("shop", "items");

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @Test
  void noTableIsMadeInAnother() {
    assertRefuses(OUTER, INNER);
  }

  @Test
  void noTableIsMadeAroundAnother() {
    assertRefuses(INNER, OUTER);
  }

  @Test
  void tablesBesideEachOtherAreNotNested() {
    try (Target target = open()) {
      write(target, INNER);
      write(target, new TableId("shop", "items2"));
      write(target, new TableId("", "shop2"));
    }
    assertEquals(1, new KernelReader(store).rows(root.resolve("shop2").toString()).size());
  }

  @Test
  void tableIsMadeWhereTheCredentialsDoNotReachAboveTheRoot() {
    FileIO confined =
        new ForwardingFileIO(store) {
          @Override
          public boolean exists(String location) throws IOException {
            if (!location.startsWith(root.toString())) {
              throw new IOException("refused", new AccessDeniedException(location));
            }
            return super.exists(location);
          }
        };
    try (Target target = open(confined)) {
      write(target, INNER);
    }
    assertEquals(1, new KernelReader(store).rows(root.resolve("shop/items").toString()).size());
  }

  private void assertRefuses(TableId first, TableId second) {
    try (Target target = open()) {
      write(target, first);
      FatalException failure = assertThrows(FatalException.class, () -> write(target, second));
      assertTrue(failure.getMessage().contains("another table at"), failure.getMessage());
    }
  }

  private static void write(Target target, TableId table) {
    PartitionOwner.of(target, Warehouse.P0)
        .commit(Batches.batch(table, Warehouse.ITEM).upsert(1, 1, "a", "t", 1L).build());
  }

  private Target open() {
    return open(store);
  }

  private Target open(FileIO files) {
    return DeltaFixture.open(
        files, root, TableOptions.DEFAULT, new TargetContext("sink", 0), Map.of());
  }
}
