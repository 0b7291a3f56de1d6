// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.BacklogBatches;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullFilesTest {
  private static final long FILE_BYTES = 10_000_000;

  @TempDir Path root;

  @Test
  void numberOfChangesFollowsFromTheFilesThatTheTableHas() throws IOException {
    try (Target target = target()) {
      BacklogBatches batches = target.backlogBatches();
      assertEquals(0, batches.changes(Warehouse.ITEMS));
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(
          Batches.batch(Warehouse.ITEMS, Warehouse.ITEM)
              .upsert(Batches.at(1), 1, "one", null, 1L)
              .build());
      assertEquals(0.9 * FILE_BYTES / dataFileBytes(), batches.changes(Warehouse.ITEMS), 1);
    }
  }

  @Test
  void tasksOfAWorkerShareTheMemory() {
    BacklogMemory worker = new BacklogMemory();
    BacklogMemory.Share first = worker.join(1000);
    assertEquals(1000, first.bytes());
    BacklogMemory.Share second = worker.join(600);
    assertEquals(500, first.bytes());
    assertEquals(300, second.bytes());
    second.close();
    second.close();
    assertEquals(1000, first.bytes());
  }

  @Test
  void closedTargetHasNoShareAnyMore() {
    try (Target one = target()) {
      long alone = one.backlogBatches().memoryBytes();
      try (Target other = target()) {
        assertTrue(one.backlogBatches().memoryBytes() < alone);
        assertEquals(one.backlogBatches().memoryBytes(), other.backlogBatches().memoryBytes());
      }
      assertEquals(alone, one.backlogBatches().memoryBytes());
    }
  }

  private Target target() {
    return DeltaFixture.open(
        new LocalFileIO(),
        root,
        TableOptions.DEFAULT,
        new TargetContext("sink", 0),
        Map.of("delta.target.file.bytes", Long.toString(FILE_BYTES)));
  }

  private long dataFileBytes() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".parquet")).toList()) {
        return Files.size(file);
      }
    }
    throw new IllegalStateException("There is no data file");
  }
}
