// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFileIOTest {
  private final FileIO store = new LocalFileIO();

  @TempDir Path directory;

  @Test
  void writtenFileIsReadBack() throws IOException {
    write("a", "hello");

    assertEquals("hello", read("a"));
    assertEquals(5, store.stat(at("a")).orElseThrow().size());
    assertEquals("a", store.stat(at("a")).orElseThrow().name());
  }

  @Test
  void createReplacesAFileOfTheSameName() throws IOException {
    write("a", "old");
    write("a", "new");

    assertEquals("new", read("a"));
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
  void fileAppearsOnlyWhenItIsComplete() throws IOException {
    try (FileOutput output = store.create(at("a"))) {
      output.write("half".getBytes(UTF_8));
      output.flush();

      assertFalse(store.exists(at("a")));
      assertEquals(List.of(), store.listFrom(at("a")));
      assertEquals(4, output.position());
    }
  }

  @Test
  void closingAnIncompleteFileLeavesNothing() throws IOException {
    store.create(at("a")).close();

    assertEquals(List.of(), names(directory));
  }

  @Test
  void putIfAbsentNeverReplaces() throws IOException {
    store.putIfAbsent(at("a"), "first".getBytes(UTF_8));

    assertThrows(
        FileAlreadyExistsException.class,
        () -> store.putIfAbsent(at("a"), "second".getBytes(UTF_8)));
    assertEquals("first", read("a"));
    assertEquals(List.of("a"), names(directory));
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
  void exactlyOneOfManyWritersWinsAName() throws Exception {
    int writers = 8;
    CyclicBarrier start = new CyclicBarrier(writers);
    ExecutorService pool = Executors.newFixedThreadPool(writers);
    try {
      for (int round = 0; round < 20; round++) {
        String name = "entry-" + round;
        List<Callable<Boolean>> attempts = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
          byte[] content = ("writer " + writer).getBytes(UTF_8);
          attempts.add(
              () -> {
                start.await();
                try {
                  store.putIfAbsent(at(name), content);
                  return true;
                } catch (FileAlreadyExistsException lost) {
                  return false;
                }
              });
        }
        int winners = 0;
        for (Future<Boolean> attempt : pool.invokeAll(attempts)) {
          winners += attempt.get() ? 1 : 0;
        }
        assertEquals(1, winners);
        assertTrue(read(name).startsWith("writer "));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void listingStartsAtTheNameAndIsSorted() throws IOException {
    for (String name : List.of("c", "a", "b", "b0")) {
      write(name, name);
    }

    assertEquals(
        List.of("b", "b0", "c"), store.listFrom(at("b")).stream().map(FileInfo::name).toList());
  }

  @Test
  void missingFilesAreTold() throws IOException {
    assertTrue(store.stat(at("none")).isEmpty());
    assertFalse(store.exists(at("none")));
    assertFalse(store.delete(at("none")));
    assertThrows(FileNotFoundException.class, () -> store.open(at("none")));
    assertThrows(FileNotFoundException.class, () -> store.listFrom(at("none/a")));
    assertThrows(FileNotFoundException.class, () -> store.walk(at("none"), file -> {}));
  }

  @Test
  void readingPastTheEndIsAnError() throws IOException {
    write("a", "short");
    try (FileInput input = store.open(at("a"))) {
      assertThrows(EOFException.class, () -> input.readFully(2, ByteBuffer.allocate(4)));
    }
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

  private String at(String name) {
    return directory + "/" + name;
  }

  private void write(String name, String content) throws IOException {
    try (FileOutput output = store.create(at(name))) {
      output.write(content.getBytes(UTF_8));
      output.complete();
    }
  }

  private String read(String name) throws IOException {
    try (FileInput input = store.open(at(name))) {
      ByteBuffer content = ByteBuffer.allocate((int) input.length());
      input.readFully(0, content);
      return new String(content.array(), UTF_8);
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
