// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import io.lakehousecdc.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker of half a gigabyte. For more than the build has time for: {@code
 * -Dlakehousecdc.small.rows=3000000}, {@code -Dlakehousecdc.small.flushes=12}.
 */
class SmallWorkerTest {
  private static final List<String> MEMORY =
      List.of("-Xmx512m", "-XX:MaxDirectMemorySize=256m", "-XX:TieredStopAtLevel=1");

  @TempDir Path root;

  @Test
  void softTruncateOfMoreRowsThanItHolds() throws Exception {
    SmallJvm.run(MEMORY, root.resolve("log"), Truncate.class, root.toString());
  }

  @Test
  void compactionOfTwelveTablesAtOnce() throws Exception {
    SmallJvm.run(MEMORY, root.resolve("log"), Compactions.class, root.toString());
  }

  /** Rows of 200 bytes that are softly deleted, and one after them. */
  static final class Truncate {
    private Truncate() {}

    public static void main(String[] arguments) {
      int rows = Integer.getInteger("lakehousecdc.small.rows", 500_000);
      try (Target target = open(arguments[0], Warehouse.soft(), "false")) {
        PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
        Random random = new Random(1);
        for (int first = 0; first < rows; first += 50_000) {
          Batches batch = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
          for (int id = first; id < Math.min(rows, first + 50_000); id++) {
            batch.upsert(1, id, note(random), note(random), random.nextLong());
          }
          owner.commit(batch.build());
        }
        CommitReceipt receipt =
            owner.commit(Batches.batch(Warehouse.ITEMS, Warehouse.ITEM).truncate(5).build());
        assertEquals(rows, receipt.deleted());
        CommitReceipt back =
            owner.commit(
                Batches.batch(Warehouse.ITEMS, Warehouse.ITEM).upsert(6, 7, "b", "c", 1L).build());
        assertEquals(1, back.upserted());
      }
    }

    private static String note(Random random) {
      return Long.toHexString(random.nextLong())
          + Long.toHexString(random.nextLong())
          + Long.toHexString(random.nextLong())
          + Long.toHexString(random.nextLong());
    }
  }

  /** Flushes of 64 MB over twelve tables, whose files then wait for compaction all at once. */
  static final class Compactions {
    private static final int TABLES = 12;
    private static final int ROWS = 300;
    private static final int FLUSH_BYTES = 64 << 20;
    private static final RowSchema SCHEMA =
        Batches.schema(
            1, Batches.required("id", Primitive.INT64), new Column("bytes", Primitive.BYTES, true));

    private Compactions() {}

    public static void main(String[] arguments) {
      int flushes = Integer.getInteger("lakehousecdc.small.flushes", 10);
      try (Target target = open(arguments[0], TableOptions.DEFAULT, "true")) {
        PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
        for (int flush = 0; flush < flushes; flush++) {
          TableBatch[] batches = new TableBatch[TABLES];
          for (int table = 0; table < TABLES; table++) {
            batches[table] = batch(flush, table);
          }
          owner.commit(batches);
        }
        Map<String, LongSupplier> gauges = target.gauges();
        Await.until(
            "every table is compacted",
            Duration.ofMinutes(10),
            () -> gauges.get("delta-compactions").getAsLong() >= TABLES);
        assertEquals(0, gauges.get("delta-maintenance-failures").getAsLong());
        assertTrue(gauges.get("delta-files-compacted").getAsLong() >= 10 * TABLES);
      }
    }

    private static TableBatch batch(int flush, int table) {
      Random random = new Random(flush * TABLES + table);
      Batches batch = Batches.batch(new TableId("s", "t" + table), SCHEMA);
      for (int row = 0; row < ROWS; row++) {
        byte[] bytes = new byte[FLUSH_BYTES / TABLES / ROWS];
        random.nextBytes(bytes);
        batch.upsert(1, (long) flush * ROWS + row, bytes);
      }
      return batch.build();
    }
  }

  private static Target open(String root, TableOptions options, String compaction) {
    return DeltaFixture.open(
        new LocalFileIO(),
        Path.of(root),
        options,
        new TargetContext("sink", 0),
        Map.of(DeltaSettings.COMPACTION, compaction, DeltaSettings.VACUUM, "false"));
  }
}
