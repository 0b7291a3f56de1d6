// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.delta.ChangeFeedReader.Change;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.maintenance.Vacuum;
import io.lakehousecdc.sink.delta.maintenance.Vacuum.ActiveFiles;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The change data feed of a table tells every version from the one before: a replay of it finds
 * each row as it was, and ends in what the table holds.
 */
class ChangeFeedTest {
  private static final String FEED = DeltaSettings.CHANGE_DATA_FEED;

  @TempDir Path root;

  private final Map<Integer, Map<String, Object>> replayed = new TreeMap<>();
  private final Set<String> types = new TreeSet<>();
  private long version;
  private long lsn;

  @ParameterizedTest
  @CsvSource({
    "1, false, true, false",
    "2, true, true, false",
    "3, false, false, false",
    "4, true, false, false",
    "5, false, true, true",
    "6, true, true, true"
  })
  void replayOfTheFeedIsTheTable(int seed, boolean soft, boolean vectors, boolean partitioned)
      throws IOException {
    Map<String, String> settings = new HashMap<>();
    settings.put(FEED, "true");
    settings.put(DeltaSettings.DELETION_VECTORS, "" + vectors);
    if (partitioned) {
      settings.put(DeltaSettings.PARTITION_BY, "shop.items:note");
    }
    Random random = new Random(seed);
    try (Target target = open(soft ? Warehouse.soft() : TableOptions.DEFAULT, settings)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      for (int round = 0; round < 25; round++) {
        Batches batch = items();
        boolean truncates = random.nextInt(8) == 0;
        if (truncates) {
          batch.truncate(++lsn);
        }
        Set<Integer> ids = new HashSet<>();
        for (int i = random.nextInt(30); i >= 0; i--) {
          int id = random.nextInt(60);
          if (!ids.add(id)) {
            continue;
          }
          switch (random.nextInt(6)) {
            case 0 -> batch.delete(++lsn, id);
            case 1 -> {
              if (replayed.containsKey(id) && !truncates) {
                batch.upsert(++lsn, id, "n" + lsn, Cell.UNCHANGED, lsn);
              }
            }
            default -> batch.upsert(++lsn, id, "n" + lsn, "t" + random.nextInt(3), lsn);
          }
        }
        owner.commit(batch.build());
        replay();
      }
    }
    assertEquals(
        soft
            ? Set.of("insert", "update_preimage", "update_postimage")
            : Set.of("delete", "insert", "update_preimage", "update_postimage"),
        types);
  }

  @Test
  void commitThatOnlyInsertsWritesNoFilesForTheFeed() throws IOException {
    try (Target target = open(TableOptions.DEFAULT, Map.of(FEED, "true"))) {
      PartitionOwner.of(target, Warehouse.P0)
          .commit(items().upsert(1, 1, "a", "n", 1L).upsert(1, 2, "b", "n", 1L).build());
      replay();
    }
    assertEquals(Set.of("insert"), types);
    assertTrue(!root.resolve("shop/items/_change_data").toFile().exists());
  }

  /** Both states of such a row are of different partitions. */
  @Test
  void softTruncateWritesOneFileForEachPartition() throws IOException {
    Map<String, String> settings =
        Map.of(FEED, "true", DeltaSettings.PARTITION_BY, "shop.items:_cdc_deleted");
    try (Target target = open(Warehouse.soft(), settings)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      Batches rows = items();
      for (int id = 0; id < 20; id++) {
        rows.upsert(1, id, "a", "n", 1L);
      }
      owner.commit(rows.build());
      owner.commit(items().truncate(2).build());
      replay();
    }
    assertEquals(2, filesOfTheFeed());
  }

  @Test
  void rowsWithLargeUnchangedCellsShareFilesWhereTheyMoveBetweenPartitions() throws IOException {
    Map<String, String> settings =
        Map.of(FEED, "true", DeltaSettings.PARTITION_BY, "shop.items:name");
    String large = "x".repeat(512 << 10);
    try (Target target = open(TableOptions.DEFAULT, settings)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      Batches rows = items();
      Batches changes = items();
      for (int id = 0; id < 60; id++) {
        rows.upsert(1, id, "a", large, 1L);
        changes.upsert(2, id, id % 2 == 0 ? "b" : "c", Cell.UNCHANGED, 1L);
      }
      owner.commit(rows.build());
      owner.commit(changes.build());
      replay();
    }
    assertTrue(filesOfTheFeed() < 10, "a file for each row");
  }

  private int filesOfTheFeed() throws IOException {
    try (Stream<Path> all = Files.list(root.resolve("shop/items/_change_data"))) {
      return all.toList().size();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"_change_type", "_Commit_Version", "_commit_timestamp"})
  void columnThatReadersOfTheFeedGetForThemselvesIsRefused(String name) {
    RowSchema schema =
        Batches.schema(
            1, Batches.required("id", Primitive.INT32), Batches.optional(name, Primitive.TEXT));
    try (Target target = open(TableOptions.DEFAULT, Map.of(FEED, "true"))) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      TableBatch batch = Batches.batch(Warehouse.ITEMS, schema).upsert(1, 1, "a").build();
      FatalException failure = assertThrows(FatalException.class, () -> owner.commit(batch));
      assertTrue(failure.getMessage().contains(name), failure.getMessage());
      assertTrue(failure.getMessage().contains(FEED), failure.getMessage());
    }
  }

  @Test
  void tableThatHasSuchAColumnIsRefusedOnceItHasAFeed() throws IOException {
    RowSchema schema =
        Batches.schema(
            1,
            Batches.required("id", Primitive.INT32),
            Batches.optional("_Change_Type", Primitive.TEXT));
    try (Target target = open(TableOptions.DEFAULT, Map.of())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(Batches.batch(Warehouse.ITEMS, schema).upsert(1, 1, "a").build());
      setByAnother("delta.enableChangeDataFeed", "true");
      TableBatch without = items().upsert(2, 1, "b", "n", 1L).build();
      FatalException failure = assertThrows(FatalException.class, () -> owner.commit(without));
      assertTrue(failure.getMessage().contains("_Change_Type"), failure.getMessage());
    }
  }

  @Test
  void vacuumKeepsFilesOfTheFeedForTheRetention() throws IOException {
    LocalFileIO store = new LocalFileIO();
    String location = root.resolve("shop").resolve("items").toString();
    try (Target target = open(TableOptions.DEFAULT, Map.of(FEED, "true"))) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(items().upsert(1, 1, "a", "n", 1L).upsert(1, 2, "a", "n", 1L).build());
      owner.commit(items().upsert(2, 1, "b", "n", 1L).build());
    }
    Path files = root.resolve("shop/items/_change_data");
    Path unnamed = files.resolve("cdc-of-a-process-that-died.parquet");
    Files.writeString(unnamed, "");
    Duration retention = Duration.ofDays(7);
    Vacuum vacuum = new Vacuum(store, location, retention);
    long now = System.currentTimeMillis();
    ActiveFiles active = this::active;
    assertEquals(0, vacuum.run(now, active).files());
    Files.setLastModifiedTime(unnamed, FileTime.fromMillis(now - retention.toMillis() - 60_000));
    try (Stream<Path> all = Files.list(files)) {
      for (Path each : all.toList()) {
        Files.setLastModifiedTime(each, FileTime.fromMillis(now - retention.toMillis() - 60_000));
      }
    }
    // The log entry that names the other one is young.
    assertEquals(1, vacuum.run(now, active).files());
    assertFalse(Files.exists(unnamed));
    vacuum.run(now + retention.multipliedBy(2).toMillis(), active);
    try (Stream<Path> all = Files.list(files)) {
      assertEquals(List.of(), all.toList());
    }
    assertEquals(2, new KernelReader(store).rows(location).size());
  }

  /** All files but those of the feed. */
  private Set<String> active() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.map(Path::toString)
          .filter(location -> !location.contains("_change_data"))
          .collect(Collectors.toSet());
    }
  }

  @Test
  void propertyThatAnotherProgramHasSetIsFollowed() throws IOException {
    try (Target target =
        open(
            TableOptions.DEFAULT,
            Map.of(DeltaSettings.TABLE_PROPERTIES + "delta.enableChangeDataFeed", "true"))) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(items().upsert(1, 1, "a", "n", 1L).build());
      owner.commit(items().upsert(2, 1, "b", "n", 1L).build());
      owner.commit(items().delete(3, 1).build());
      replay();
    }
    assertEquals(Set.of("delete", "insert", "update_preimage", "update_postimage"), types);
    assertTrue(replayed.isEmpty());
  }

  /** Kernel takes such properties out, by writing the metadata that it is shown. */
  @Test
  void feedOutlivesPropertiesThatAnotherProgramHasLeft() throws IOException {
    try (Target target = open(TableOptions.DEFAULT, Map.of(FEED, "true"))) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(items().upsert(1, 1, "a", "n", 1L).build());
      setByAnother("delta.feature.appendOnly", "supported");
      owner.commit(items().upsert(2, 1, "b", "n", 1L).build());
      owner.commit(items().upsert(3, 1, "c", "n", 1L).build());
      replay();
    }
    TableVersion newest =
        new TableLog(new LocalFileIO(), root.resolve("shop/items").toString())
            .latest()
            .orElseThrow();
    assertTrue(newest.feedsChanges());
  }

  private void setByAnother(String property, String value) throws IOException {
    Path log = root.resolve("shop/items/_delta_log");
    String set = "\"configuration\":{\"%s\":\"%s\",".formatted(property, value);
    String metadata =
        Files.readAllLines(log.resolve("%020d.json".formatted(0))).stream()
            .filter(line -> line.startsWith("{\"metaData\""))
            .findFirst()
            .orElseThrow()
            .replace("\"configuration\":{", set);
    long next = new ChangeFeedReader(root.resolve("shop/items")).newest() + 1;
    Files.writeString(
        log.resolve("%020d.json".formatted(next)),
        "{\"commitInfo\":{\"operation\":\"SET TBLPROPERTIES\"}}\n" + metadata + "\n");
  }

  private void replay() throws IOException {
    ChangeFeedReader feed = new ChangeFeedReader(root.resolve("shop").resolve("items"));
    for (long newest = feed.newest(); version <= newest; version++) {
      List<Change> coming = new ArrayList<>();
      for (Change change : feed.of(version)) {
        types.add(change.type());
        switch (change.type()) {
          case "delete", "update_preimage" -> {
            Map<String, Object> before = replayed.remove((Integer) change.row().get("id"));
            assertNotNull(before, () -> change + " of no row");
            assertEquals(before, change.row());
          }
          default -> coming.add(change);
        }
      }
      for (Change change : coming) {
        assertNull(
            replayed.put((Integer) change.row().get("id"), change.row()), () -> "twice: " + change);
      }
    }
    Map<Integer, Map<String, Object>> found = new TreeMap<>();
    new KernelReader(new LocalFileIO())
        .rows(root.resolve("shop").resolve("items").toString())
        .forEach(row -> found.put((Integer) row.get("id"), new HashMap<>(row)));
    assertEquals(found, replayed);
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  private Target open(TableOptions options, Map<String, String> settings) {
    return DeltaFixture.open(
        new LocalFileIO(), root, options, new TargetContext("sink", 0), settings);
  }
}
