// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.delta.maintenance.MaintenanceOptions;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Codec;
import io.lakehousecdc.sink.delta.schema.PartitionBy;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The table of items without maintenance of its own: a test does what it needs of that itself. */
public final class UnmaintainedItems {
  private UnmaintainedItems() {}

  /** Opens it below a directory; it is made by its first commit. */
  public static DeltaTable open(FileIO store, Path root) {
    return new DeltaTable(
        Warehouse.ITEMS,
        location(root),
        store,
        new RowFiles(store, WriteOptions.DEFAULT),
        new DeltaSettings(
            root.toString(),
            true,
            Codec.ZSTD,
            Map.of(),
            PartitionBy.NOTHING,
            OnOverwrite.FAIL,
            new MaintenanceOptions(Optional.empty(), OptionalInt.empty(), Optional.empty())),
        TableOptions.DEFAULT);
  }

  /** Where it lies. */
  public static String location(Path root) {
    return root.resolve("shop").resolve("items").toString();
  }
}
