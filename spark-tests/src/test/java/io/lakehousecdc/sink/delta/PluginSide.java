// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.util.Map;

/** What a test lets the sink do in classes of the plugin's; its parameters are the JDK's. */
public final class PluginSide {
  private PluginSide() {}

  /**
   * Opens the table of items and upserts rows.
   *
   * @param offset of the first row
   * @param name of all of them, or null: it is unchanged, so that the stored row is read
   */
  public static void write(String root, long offset, String name, int first, int last) {
    Map<String, String> settings =
        Map.of("delta.compaction", "false", "delta.checkpoint.interval", "0");
    try (Target target =
        DeltaFixture.open(
            new LocalFileIO(),
            root,
            TableOptions.DEFAULT,
            new TargetContext("sink", 0),
            settings)) {
      Batches batch = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
      for (int id = first; id <= last; id++) {
        batch.upsert(
            offset + id - first, id, name == null ? Cell.UNCHANGED : name, "t" + offset, offset);
      }
      PartitionOwner.of(target, Warehouse.P0).commit(batch.build());
    }
  }
}
