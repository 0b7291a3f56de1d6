// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.delta.kernel.Operation;
import io.delta.kernel.TableManager;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import io.lakehousecdc.sink.delta.storage.KernelFileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogUpkeepTest {
  private final LocalFileIO store = new LocalFileIO();
  private final Engine engine = DefaultEngine.create(new KernelFileIO(store, Map.of()));

  @TempDir Path table;

  @BeforeEach
  void create() {
    TableManager.buildCreateTableTransaction(
            table.toString(), new StructType().add("id", IntegerType.INTEGER), "test")
        .build(engine)
        .commit(engine, CloseableIterable.emptyIterable());
    for (int i = 0; i < 3; i++) {
      TableManager.loadSnapshot(table.toString())
          .build(engine)
          .buildUpdateTableTransaction("test", Operation.MANUAL_UPDATE)
          .withTablePropertiesAdded(Map.of("note", "commit " + i))
          .build(engine)
          .commit(engine, CloseableIterable.emptyIterable());
    }
  }

  @Test
  void checkpointIsOfTheNewestVersion() throws IOException {
    LogUpkeep upkeep = new LogUpkeep(store, table.toString(), Duration.ZERO);

    assertEquals(3, upkeep.checkpoint());
    assertTrue(Files.exists(log("checkpoint.parquet", 3)));
    assertEquals(3, upkeep.checkpoint());
  }

  @Test
  void checkpointOfAnotherWriterStays() throws IOException {
    new LogUpkeep(store, table.toString(), Duration.ZERO).checkpoint();
    Object written = fileKey(log("checkpoint.parquet", 3));

    assertEquals(3, new LogUpkeep(store, table.toString(), Duration.ZERO).checkpoint());

    assertEquals(written, fileKey(log("checkpoint.parquet", 3)));
  }

  private static Object fileKey(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  @Test
  void sideFilesOfVersionsThatAreGoneGo() throws IOException {
    LogUpkeep upkeep = new LogUpkeep(store, table.toString(), Duration.ZERO);
    upkeep.checkpoint();
    for (int version = 0; version < 4; version++) {
      Files.writeString(log("crc", version), "{}");
      if (version < 2) {
        Files.delete(log("json", version));
      }
    }
    Path compacted =
        table.resolve("_delta_log/" + String.format("%020d.%020d.compacted.json", 0, 1));
    Files.writeString(compacted, "");

    assertEquals(3, upkeep.removeSideFiles());

    assertTrue(Files.notExists(log("crc", 1)));
    assertTrue(Files.notExists(compacted));
    assertTrue(Files.exists(log("crc", 2)));
    assertTrue(Files.exists(log("crc", 3)));
  }

  private Path log(String kind, int version) {
    return table.resolve("_delta_log/" + String.format("%020d.%s", version, kind));
  }
}
