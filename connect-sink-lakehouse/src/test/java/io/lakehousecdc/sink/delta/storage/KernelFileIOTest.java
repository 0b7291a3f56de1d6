// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.delta.kernel.TableManager;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.defaults.engine.fileio.PositionOutputStream;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import io.lakehousecdc.sink.delta.ForwardingFileIO;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelFileIOTest {
  private final KernelFileIO files = new KernelFileIO(new LocalFileIO(), Map.of("a.key", "value"));

  @TempDir Path directory;

  @Test
  void kernelCreatesReadsAndCheckpointsATable() throws IOException {
    Engine engine = DefaultEngine.create(files);
    String table = directory.resolve("a table").toString();

    TableManager.buildCreateTableTransaction(
            table, new StructType().add("id", IntegerType.INTEGER), "test")
        .build(engine)
        .commit(engine, CloseableIterable.emptyIterable());
    TableManager.loadSnapshot(table).build(engine).writeCheckpoint(engine);

    assertEquals(0, TableManager.loadSnapshot(table).build(engine).getVersion());
    assertTrue(
        Files.exists(Path.of(table, "_delta_log", "00000000000000000000.checkpoint.parquet")));
    try (var entries = Files.walk(Path.of(table))) {
      assertEquals(0, entries.filter(path -> path.toString().contains("partial")).count());
    }
  }

  @Test
  void failedStreamLeavesNoFile() throws IOException {
    Path file = directory.resolve("checkpoint.parquet");
    PositionOutputStream stream = files.newOutputFile(file.toString()).create(true);

    assertThrows(IndexOutOfBoundsException.class, () -> stream.write(new byte[1], 0, 2));
    stream.close();

    assertTrue(Files.notExists(file));
  }

  /** parquet-java closes its stream also where it has failed. */
  @ParameterizedTest
  @ValueSource(strings = {"PAR1", "PAR1 row groups", "PAR1 row groups and half a footer"})
  void parquetFileWithoutItsEndIsNotCompleted(String content) throws IOException {
    Path file = directory.resolve("checkpoint.parquet");

    try (PositionOutputStream stream = files.newOutputFile(file.toString()).create(true)) {
      stream.write(content.getBytes(UTF_8), 0, content.length());
    }

    assertTrue(Files.notExists(file));
  }

  @Test
  void parquetFileWithItsEndIsCompleted() throws IOException {
    Path file = directory.resolve("checkpoint.parquet");

    try (PositionOutputStream stream = files.newOutputFile(file.toString()).create(true)) {
      stream.write("PAR1 row groups and a footer".getBytes(UTF_8), 0, 28);
      stream.write("xxPA".getBytes(UTF_8), 2, 2);
      stream.write('R');
      stream.write('1');
    }

    assertEquals(32, Files.size(file));
  }

  @Test
  void copyReplacesOnlyWhereItMay() throws IOException {
    Path source = Files.writeString(directory.resolve("source"), "content");
    String copy = directory.resolve("copy").toString();

    files.copyFileAtomically(source.toString(), copy, false);
    assertEquals("content", Files.readString(Path.of(copy)));
    Files.writeString(source, "another");
    assertThrows(
        FileAlreadyExistsException.class,
        () -> files.copyFileAtomically(source.toString(), copy, false));
    files.copyFileAtomically(source.toString(), copy, true);
    assertEquals("another", Files.readString(Path.of(copy)));
    assertThrows(
        FileNotFoundException.class, () -> files.copyFileAtomically(copy + "x", copy, true));
  }

  @Test
  void copyWhoseAnswerIsLostIsFound() throws IOException {
    FileIO store =
        new ForwardingFileIO(new LocalFileIO()) {
          @Override
          public void putIfAbsent(String location, byte[] content) throws IOException {
            super.putIfAbsent(location, content);
            throw new IOException("lost");
          }
        };
    Path source = Files.writeString(directory.resolve("source"), "content");
    Path copy = directory.resolve("copy");

    new KernelFileIO(store, Map.of()).copyFileAtomically(source.toString(), copy.toString(), false);

    assertEquals("content", Files.readString(copy));
  }

  @Test
  void configurationIsHandedOver() {
    assertEquals("value", files.getConf("a.key").orElseThrow());
    assertTrue(files.getConf("another").isEmpty());
  }
}
