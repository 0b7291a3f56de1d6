// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnMappingModesTest {
  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(strings = {"none", "name", "id"})
  void rowsAreFoundAgainAndKernelReadsThem(String mode) {
    Map<String, String> settings = Map.of("delta.table.properties.delta.columnMapping.mode", mode);
    for (int i = 0; i < 3; i++) {
      // Each is a process of its own, which reads the keys from the files.
      try (Target target =
          DeltaFixture.open(
              store, root, TableOptions.DEFAULT, new TargetContext("sink", 0), settings)) {
        PartitionOwner.of(target, Warehouse.P0)
            .commit(
                Batches.batch(Warehouse.ITEMS, Warehouse.ITEM)
                    .upsert(3 * i + 1, 1, "one" + i, "t", 1L)
                    .upsert(3 * i + 2, 2, "two" + i, "t", 1L)
                    .build());
      }
    }
    assertEquals(
        Map.of(1, "one2", 2, "two2"),
        new KernelReader(store)
            .rows(root.resolve("shop").resolve("items").toString()).stream()
                .collect(Collectors.toMap(row -> row.get("id"), row -> row.get("name"))));
  }
}
