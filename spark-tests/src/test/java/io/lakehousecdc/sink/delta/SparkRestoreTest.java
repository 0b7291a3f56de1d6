// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.maintenance.LogUpkeep;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    restore(3);
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
    restore(0);
    assertRewindsTo(0);
  }

  @Test
  void restoreThatIsUndoneRewindsNothing() {
    restore(2);
    restore(5);
    assertRewindsTo(5);
  }

  @Test
  void runningTaskIsFencedAndRewinds() {
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      restore(3);
      assertThrows(FencedException.class, () -> write(owner, 6, 6));
    }
    assertRewindsTo(3);
  }

  @Test
  void updatesAndDeletesThatARestoreTookBackAreAppliedAgain() {
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(items().upsert(6, 1, "new", "t", 1L).delete(7, 2).build());
      owner.commit(items().upsert(8, 1, "newest", "t", 1L).build());
      restore(5);

      // The process has the keys of the removed rows in its index.
      PartitionOwner again = PartitionOwner.of(target, Warehouse.P0);
      assertEquals(5, again.state().orElseThrow().nextOffset());
      assertEquals(List.of("n1", "n2", "n3", "n4", "n5"), names());
      again.commit(items().upsert(6, 1, "new", "t", 1L).delete(7, 2).build());
      again.commit(items().upsert(8, 1, "newest", "t", 1L).build());
    }
    assertEquals(List.of("newest", "n3", "n4", "n5"), names());
  }

  @Test
  void everyPartitionRewindsToWhereItWas() {
    try (Target target = open()) {
      write(PartitionOwner.of(target, Warehouse.P1), 10, 12);
      write(PartitionOwner.of(target, Warehouse.P0), 6, 6);
      write(PartitionOwner.of(target, Warehouse.P1), 13, 13);
    }
    restore(7);
    try (Target target = open()) {
      assertEquals(5, nextOffset(target, Warehouse.P0));
      assertEquals(2, nextOffset(target, Warehouse.P1));
    }
    restore(4);
    try (Target target = open()) {
      assertEquals(4, nextOffset(target, Warehouse.P0));
      // It had written nothing by then: not to be known would mean to go on where Kafka stands.
      assertEquals(0, nextOffset(target, Warehouse.P1));
    }
  }

  @Test
  void tableThatWasNotRestoredIsAhead() {
    TableId other = new TableId("shop", "others");
    try (Target target = open()) {
      PartitionOwner.of(target, Warehouse.P0)
          .commit(
              items().upsert(6, 6, "n6", "t", 1L).build(),
              Batches.batch(other, Warehouse.ITEM).upsert(7, 1, "o", "t", 1L).build());
    }
    restore(3);
    try (Target target = open()) {
      LoadedPartition loaded = target.load(Set.of(Warehouse.P0)).get(Warehouse.P0);
      assertEquals(3, loaded.state().nextOffset());
      assertEquals(Map.of(other, 7L), loaded.tablesAhead());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void restoreIsNotForgottenWhereTheProcessDiesOverIt(boolean afterTheLogEntry) {
    restore(3);
    FailingStore store = new FailingStore(new LocalFileIO());
    store.failAt(0, afterTheLogEntry);
    try (Target target = open(store)) {
      assertThrows(RetriableException.class, () -> target.load(Set.of(Warehouse.P0)));
    }
    assertTrue(store.heal());
    assertRewindsTo(3);
  }

  @Test
  void restoreToAVersionThatTheLogHasLostIsFatalUntilAnotherFollows() throws IOException {
    String location = root.resolve("shop").resolve("items").toString();
    new LogUpkeep(new LocalFileIO(), location, Duration.ZERO).checkpoint();
    restore(2);
    for (int version = 0; version <= 2; version++) {
      Files.delete(Path.of(location, "_delta_log", "%020d.json".formatted(version)));
    }
    try (Target target = open()) {
      FatalException failure =
          assertThrows(FatalException.class, () -> target.load(Set.of(Warehouse.P0)));
      assertTrue(failure.getMessage().contains("no longer holds version 2"), failure.getMessage());
    }
    restore(5);
    assertRewindsTo(5);
  }

  private static long nextOffset(Target target, SourcePartition partition) {
    return PartitionOwner.of(target, partition).state().orElseThrow().nextOffset();
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  private void restore(int version) {
    spark.sql("RESTORE TABLE " + table + " TO VERSION AS OF " + version);
  }

  private List<String> names() {
    return spark.sql("SELECT name FROM " + table + " ORDER BY id").collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
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
    return open(new LocalFileIO());
  }

  private Target open(FileIO store) {
    return DeltaFixture.open(
        store, root, TableOptions.DEFAULT, new TargetContext("sink", 0), Map.of());
  }

  private static void write(PartitionOwner owner, int first, int last) {
    for (int i = first; i <= last; i++) {
      owner.commit(
          Batches.batch(Warehouse.ITEMS, Warehouse.ITEM).upsert(i, i, "n" + i, "t", 1L).build());
    }
  }
}
