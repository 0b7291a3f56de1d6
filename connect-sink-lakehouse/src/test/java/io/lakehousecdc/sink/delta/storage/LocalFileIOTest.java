// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFileIOTest extends FileIOContract {
  private final FileIO store = new LocalFileIO();

  @TempDir Path directory;

  @Override
  protected FileIO store() {
    return store;
  }

  @Override
  protected String directory() {
    return directory.toString();
  }

  @Test
  void checksumThatHadoopKeepsOfAFileGoesWithIt() throws IOException {
    for (String name : List.of("replaced", "deleted", "left")) {
      write(name, "by Spark");
      Files.writeString(directory.resolve("." + name + ".crc"), "checksum");
    }

    write("replaced", "new");
    store.delete(at("deleted"));

    assertEquals(List.of(".left.crc", "left", "replaced"), names(directory));
  }

  @Test
  @Override
  void closingAnIncompleteFileLeavesNothing() throws IOException {
    store.create(at("a")).close();

    assertEquals(List.of(), names(directory));
  }

  /** As on NFS, where the request is sent again when the first answer was lost. */
  @Test
  void nameThatIsTakenByTheVeryFileIsNoConflict() throws IOException {
    try (FileOutput output = LocalFileOutput.ifAbsent(directory.resolve("a"))) {
      output.write("entry".getBytes(UTF_8));
      Files.createLink(directory.resolve("a"), directory.resolve(names(directory).get(0)));

      output.complete();
    }

    assertEquals("entry", read("a"));
    assertEquals(List.of("a"), names(directory));
  }

  @Test
  void deletingNothingIsTold() throws IOException {
    assertFalse(store.delete(at("none")));
  }

  @Test
  void walkFindsFilesAtAnyDepthAndWhatInterruptedWritesLeft() throws IOException {
    store.createDirectories(at("x/y"));
    write("x/y/deep", "1");
    write("top", "2");
    FileOutput interrupted = store.create(at("x/lost"));
    interrupted.write(1);

    List<FileInfo> found = new ArrayList<>();
    store.walk(directory.toString(), found::add);

    assertEquals(3, found.size());
    assertEquals(1, found.stream().filter(store::isPartial).count());
    interrupted.close();
  }

  @Test
  void locationsResolveToAbsolutePaths() {
    assertEquals("/data/lake", store.resolve("file:///data/x/../lake/"));
    assertEquals("/data/my lake", store.resolve("file:/data/my%20lake"));
    assertEquals("/data/100%", store.resolve("/data/100%"));
    assertEquals(Path.of("lake").toAbsolutePath().toString(), store.resolve("lake"));
  }

  @Test
  void uriWithTwoSlashesIsRefused() {
    IllegalArgumentException failure =
        assertThrows(IllegalArgumentException.class, () -> store.resolve("file://data/lake"));

    assertTrue(failure.getMessage().contains("three slashes"), failure.getMessage());
  }

  private static List<String> names(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
