// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
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
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long replaced files stay, by the settings of the sink and the properties of the table. */
class RetentionTest {
  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @Test
  void replacedFilesStayForAsLongAsTheTableSays() throws IOException {
    replaceARow("interval 30 days");
    age(Duration.ofDays(8));
    vacuumWith("P7D");
    assertEquals(3, dataFiles());
  }

  @Test
  void replacedFilesStayForAsLongAsTheSettingSays() throws IOException {
    replaceARow("interval 1 day");
    age(Duration.ofDays(8));
    vacuumWith("P30D");
    assertEquals(3, dataFiles());
  }

  @Test
  void replacedFilesGoAfterBoth() throws IOException {
    replaceARow("interval 1 day");
    age(Duration.ofDays(8));
    vacuumWith("P7D");
    assertEquals(2, dataFiles());
  }

  private void replaceARow(String tables) {
    try (Target target =
        open(
            store,
            Map.of(
                "delta.vacuum",
                "false",
                "delta.table.properties.delta.deletedFileRetentionDuration",
                tables))) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(items().upsert(1, 1, "a", null, 1L).build());
      owner.commit(items().upsert(2, 1, "b", null, 1L).build());
    }
  }

  /** Closing waits for the vacuum that the commit has woken. */
  private void vacuumWith(String setting) {
    CountDownLatch begun = new CountDownLatch(1);
    FileIO watched =
        new ForwardingFileIO(store) {
          @Override
          public void walk(String directory, Consumer<FileInfo> visitor) throws IOException {
            if (directory.endsWith("/items")) {
              begun.countDown();
            }
            super.walk(directory, visitor);
          }
        };
    try (Target target = open(watched, Map.of("delta.vacuum.retention", setting))) {
      PartitionOwner.of(target, Warehouse.P0).commit(items().upsert(3, 9, "z", null, 1L).build());
      begun.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Target open(FileIO io, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("delta.compaction", "false");
    all.put("delta.checkpoint.interval", "0");
    return DeltaFixture.open(io, root, TableOptions.DEFAULT, new TargetContext("sink", 0), all);
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  private void age(Duration age) throws IOException {
    FileTime old = FileTime.from(Instant.now().minus(age));
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(file, old);
      }
    }
  }

  private long dataFiles() throws IOException {
    try (Stream<Path> files = Files.list(root.resolve("shop").resolve("items"))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).count();
    }
  }
}
