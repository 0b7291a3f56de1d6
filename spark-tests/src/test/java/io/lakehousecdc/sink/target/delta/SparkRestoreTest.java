package io.lakehousecdc.sink.target.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.target.BatchBuilder;
import io.lakehousecdc.sink.target.PartitionOwner;
import io.lakehousecdc.sink.target.TableOptions;
import io.lakehousecdc.sink.target.Target;
import io.lakehousecdc.sink.target.TargetContext;
import io.lakehousecdc.sink.target.Warehouse;
import io.lakehousecdc.sink.target.delta.storage.LocalFileIO;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Spark restores a table that the sink writes to. Version {@code n} of it holds the rows 1 to n, of
 * the offsets 0 to n - 1.
 */
class SparkRestoreTest {
  private final SparkSession spark = SparkSessions.shared();

  @TempDir Path root;

  private String table;

  @BeforeEach
  void writeRows() {
    table = "delta.`" + root.resolve("shop").resolve("items") + "`";
    try (Target target = open()) {
      write(PartitionOwner.of(target, Warehouse.P0), 1, 5);
    }
  }

  @Test
  void rowsThatARestoreRemovedAreDeliveredAgain() {
    spark.sql("RESTORE TABLE " + table + " TO VERSION AS OF 3");
    assertRewindsTo(3);
  }

  @Test
  void restoreToATimeRewindsAsOneToAVersion() {
    Object time =
        spark
            .sql("DESCRIBE HISTORY " + table)
            .filter("version = 2")
            .select("timestamp")
            .collectAsList()
            .get(0)
            .get(0);
    spark.sql("RESTORE TABLE " + table + " TO TIMESTAMP AS OF '" + time + "'");
    assertRewindsTo(2);
  }

  @Test
  void restoreToBeforeTheFirstRowRewindsToTheBeginning() {
    spark.sql("RESTORE TABLE " + table + " TO VERSION AS OF 0");
    assertRewindsTo(0);
  }

  @Test
  void restoreThatIsUndoneRewindsNothing() {
    spark.sql("RESTORE TABLE " + table + " TO VERSION AS OF 2");
    spark.sql("RESTORE TABLE " + table + " TO VERSION AS OF 5");
    assertRewindsTo(5);
  }

  @Test
  void runningTaskIsFencedAndRewinds() {
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      spark.sql("RESTORE TABLE " + table + " TO VERSION AS OF 3");
      assertThrows(FencedException.class, () -> write(owner, 6, 6));
    }
    assertRewindsTo(3);
  }

  /** A task that starts now reads from the offset; what it reads makes the table whole. */
  private void assertRewindsTo(int offset) {
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      assertEquals(offset, owner.state().orElseThrow().nextOffset());
      write(owner, offset + 1, 6);
    }
    assertEquals(
        List.of(1, 2, 3, 4, 5, 6),
        spark.sql("SELECT id FROM " + table + " ORDER BY id").collectAsList().stream()
            .map(row -> row.getInt(0))
            .toList());
  }

  private Target open() {
    return DeltaFixture.open(
        new LocalFileIO(), root, TableOptions.DEFAULT, new TargetContext("sink", 0), Map.of());
  }

  private static void write(PartitionOwner owner, int first, int last) {
    for (int i = first; i <= last; i++) {
      owner.commit(
          BatchBuilder.batch(Warehouse.ITEMS, Warehouse.ITEM)
              .upsert(i, i, "n" + i, "t", 1L)
              .build());
    }
  }
}
