// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Row ids of a table with row tracking, as its log gives them out. */
class RowTrackingTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ROWS = 5;

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @Test
  void rowIdsAreGivenOutOnceAndFilesKeepThem() throws IOException {
    Map<String, String> settings =
        Map.of(
            "delta.table.properties.delta.enableRowTracking",
            "true",
            "delta.checkpoint.interval",
            "3");
    for (int process = 0; process < 2; process++) {
      try (Target target =
          DeltaFixture.open(
              store, root, TableOptions.DEFAULT, new TargetContext("sink", 0), settings)) {
        PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
        int commits = 0;
        while (commits < 25
            || target.gauges().get("delta-compactions").getAsLong() < 1
            || target.gauges().get("delta-checkpoints").getAsLong() < 2) {
          Batches batch = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
          for (int i = 0; i < ROWS; i++) {
            int position = (process * 10_000 + commits) * ROWS + i + 1;
            batch.upsert(position, (commits * 3 + i) % 40, "n" + position, "t", 1L);
          }
          owner.commit(batch.build());
          commits++;
          if (commits >= 25) {
            leaveRoomFor(target.gauges().get("delta-compactions"));
          }
          assertTrue(commits < 600, "maintenance did not come to anything");
        }
      }
    }
    assertLogGivesRowIdsOnce();
  }

  /** Those from before the table had row tracking, which get some with their next vector. */
  @Test
  void filesKeepTheRowIdsThatTheyGetLater() throws Exception {
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(items().upsert(1, 1, "one", "t", 1L).upsert(1, 2, "two", "t", 1L).build());
      owner.commit(
          items()
              .upsert(2, 3, "three", "t", 1L)
              .upsert(2, 4, "four", "t", 1L)
              .upsert(2, 5, "five", "t", 1L)
              .build());
      TableLog log = new TableLog(store, root.resolve("shop").resolve("items").toString());
      log.definition()
          .configure(log.latest().orElseThrow(), Map.of("delta.feature.rowTracking", "supported"));
      owner.commit(items().upsert(3, 1, "uno", "t", 1L).upsert(3, 3, "tres", "t", 1L).build());
      owner.commit(items().upsert(4, 4, "cuatro", "t", 1L).build());
    }
    Map<String, Long> first = new HashMap<>();
    TreeMap<Long, Long> given = new TreeMap<>();
    for (String line : log()) {
      JsonNode file = JSON.readTree(line);
      file = file.has("add") ? file.path("add") : file.path("remove");
      String path = file.path("path").asText();
      if (file.has("baseRowId")) {
        long base = file.path("baseRowId").asLong();
        assertEquals(first.computeIfAbsent(path, name -> base), base, line);
        if (file.has("stats")) {
          given.put(base, JSON.readTree(file.path("stats").asText()).path("numRecords").asLong());
        }
      } else {
        assertFalse(first.containsKey(path), line);
      }
    }
    assertEquals(4, first.size());
    long free = 0;
    for (Map.Entry<Long, Long> rows : given.entrySet()) {
      assertTrue(rows.getKey() >= free, given::toString);
      free = rows.getKey() + rows.getValue();
    }
  }

  private Target open() {
    return DeltaFixture.open(
        store,
        root,
        TableOptions.DEFAULT,
        new TargetContext("sink", 0),
        Map.of("delta.compaction", "false"));
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  /** A compaction whose files are replaced meanwhile comes to nothing. */
  private static void leaveRoomFor(LongSupplier compactions) {
    long until = System.nanoTime() + Duration.ofMillis(200).toNanos();
    while (compactions.getAsLong() < 1 && System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }

  private void assertLogGivesRowIdsOnce() throws IOException {
    TreeMap<Long, Long> given = new TreeMap<>();
    Map<String, Long> first = new HashMap<>();
    Map<String, Long> version = new HashMap<>();
    boolean rearranged = false;
    for (String line : log()) {
      JsonNode action = JSON.readTree(line);
      for (String kind : List.of("add", "remove")) {
        JsonNode file = action.path(kind);
        if (!file.isObject()) {
          continue;
        }
        String path = file.path("path").asText();
        assertTrue(file.has("baseRowId") && file.has("defaultRowCommitVersion"), line);
        long base = file.path("baseRowId").asLong();
        Long known = first.putIfAbsent(path, base);
        Long since = version.putIfAbsent(path, file.path("defaultRowCommitVersion").asLong());
        if (known != null) {
          assertEquals(known, base, line);
          assertEquals(since, file.path("defaultRowCommitVersion").asLong(), line);
        } else {
          assertEquals("add", kind, line);
          long rows = JSON.readTree(file.path("stats").asText()).path("numRecords").asLong();
          Map.Entry<Long, Long> below = given.floorEntry(base + rows - 1);
          assertFalse(below != null && below.getValue() > base, line);
          given.put(base, base + rows);
        }
        rearranged |= kind.equals("add") && !file.path("dataChange").asBoolean();
      }
    }
    assertTrue(rearranged, "no compaction is in the log");
  }

  private List<String> log() throws IOException {
    try (var files = Files.list(root.resolve("shop").resolve("items").resolve("_delta_log"))) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .sorted()
          .flatMap(
              file -> {
                try {
                  return Files.readAllLines(file).stream();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              })
          .toList();
    }
  }
}
