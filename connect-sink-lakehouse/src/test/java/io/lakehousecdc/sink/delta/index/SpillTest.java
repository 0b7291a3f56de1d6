// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.error.RetriableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SpillTest {
  @TempDir Path directory;

  @Test
  void memoryIsZeroAndNoPartOverlapsAnother() {
    Spill spill = new Spill(directory);
    List<ByteBuffer> parts = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      ByteBuffer part = spill.allocate(i % 3 == 0 ? 3_000_000 : 12_288);
      assertEquals(0, part.getLong(part.capacity() - 8));
      part.putLong(0, i).putLong(part.capacity() - 8, i);
      parts.add(part);
    }
    for (int i = 0; i < 60; i++) {
      assertEquals(i, parts.get(i).getLong(0));
      assertEquals(i, parts.get(i).getLong(parts.get(i).capacity() - 8));
    }
  }

  @Test
  void fileHasNoNameWhileItIsInUse() throws IOException {
    Spill spill = new Spill(directory);
    ByteBuffer part = spill.allocate(100);
    try (var left = Files.list(directory)) {
      assertEquals(0, left.count());
    }
    part.putLong(0, 7);
    assertEquals(7, part.getLong(0));
  }

  @Test
  void diskHasTheBytesBeforeTheyAreMapped() {
    List<Path> opened = new ArrayList<>();
    Spill spill =
        new Spill(
            directory,
            in -> {
              opened.add(Files.createTempFile(in, "named-", ".tmp"));
              return FileChannel.open(
                  opened.get(0), StandardOpenOption.READ, StandardOpenOption.WRITE);
            });
    spill.allocate(5_000_000);
    assertEquals(5_000_000, opened.get(0).toFile().length());
    assertEquals(5_000_000, spill.bytes());
  }

  /** The device on which every write fails as on a full disk. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void fullDiskIsAnErrorThatSaysWhatToDo() {
    Spill spill =
        new Spill(
            directory,
            in ->
                FileChannel.open(
                    Path.of("/dev/full"), StandardOpenOption.READ, StandardOpenOption.WRITE));

    RetriableException failure =
        assertThrows(RetriableException.class, () -> spill.allocate(12_288));

    assertTrue(failure.getMessage().contains(directory.toString()), failure::getMessage);
    assertTrue(failure.getMessage().contains("delta.index.memory.bytes"), failure::getMessage);
    assertTrue(failure.getMessage().contains("delta.index.dir"), failure::getMessage);
  }

  @Test
  void directoryThatCannotBeIsSuchAnError() throws IOException {
    Spill spill = new Spill(Files.createFile(directory.resolve("file")).resolve("below"));
    assertThrows(RetriableException.class, () -> spill.allocate(1));
  }
}
