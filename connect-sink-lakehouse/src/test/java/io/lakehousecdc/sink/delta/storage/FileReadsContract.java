// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store has to do where files are read and listed. */
abstract class FileReadsContract extends FilesOfTest {
  private static final int THREADS = 8;

  @Test
  void largeFileIsReadBackInAnyPieces() throws IOException {
    byte[] content = new byte[20 << 20];
    new Random(1).nextBytes(content);
    try (FileOutput output = store().create(at("large"))) {
      for (int at = 0; at < content.length; at += 1_000_000) {
        output.write(content, at, Math.min(1_000_000, content.length - at));
      }
      assertEquals(content.length, output.position());
      output.complete();
    }

    try (FileInput input = store().open(at("large"), content.length)) {
      assertEquals(content.length, input.length());
      ByteBuffer whole = ByteBuffer.allocate(content.length);
      input.readFully(0, whole);
      assertArrayEquals(content, whole.array());
      for (int at : new int[] {0, 1, 8_388_607, content.length - 3}) {
        ByteBuffer piece = ByteBuffer.allocateDirect(3);
        input.readFully(at, piece);
        assertEquals(ByteBuffer.wrap(content, at, 3), piece.flip());
      }
    }
  }

  @Test
  void bufferIsFilledWhereItStands() throws IOException {
    write("a", "0123456789");
    try (FileInput input = store().open(at("a"))) {
      ByteBuffer into = ByteBuffer.wrap("..........".getBytes(UTF_8)).position(2).limit(5);
      input.readFully(6, into);
      assertEquals(5, into.position());
      assertEquals("..678.....", new String(into.array(), UTF_8));
      assertEquals(0, input.read(3, into));
    }
  }

  @Test
  void listingStartsAtTheNameAndIsSorted() throws IOException {
    for (String name : List.of("c", "a", "b", "b0", "B")) {
      write(name, name);
    }

    assertEquals(List.of("b", "b0", "c"), names(at("b")));
    assertEquals(List.of("b0", "c"), names(at("b0")));
    assertEquals(List.of("c"), names(at("b1")));
    assertEquals(List.of(), names(at("d")));
    assertEquals(1, store().listFrom(at("c")).get(0).size());
  }

  /** UTF-16 would put the second before the first. */
  @Test
  void namesAreOrderedByTheirBytes() throws IOException {
    List<String> ordered = List.of("a b%41+&=", "\uFF5E", "\uD83D\uDE00", "\uD83D\uDE01");
    for (String name : ordered) {
      write(name, name);
    }

    assertEquals(ordered, names(at("a")));
    assertEquals(ordered.subList(2, 4), names(at("\uD83D\uDE00")));
    assertEquals(ordered.subList(3, 4), names(at("\uD83D\uDE01")));
    for (String name : ordered) {
      assertEquals(name, read(name));
    }
  }

  @Test
  void listingIsOfOneDirectory() throws IOException {
    makeDirectory("x");
    makeDirectory("x/y");
    makeDirectory("x0");
    for (String name : List.of("x/a", "x/y/deep", "x0/beside", "above")) {
      write(name, name);
    }

    assertEquals(List.of("a"), names(at("x/a")));
    assertEquals(List.of("above"), names(at("0")));
  }

  @Test
  void longListingIsWhole() throws Exception {
    int files = 1_001;
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    List<String> names =
        IntStream.range(0, files).mapToObj(i -> String.format("%05d.json", i)).toList();
    try {
      List<Callable<Void>> writes = new ArrayList<>();
      for (String name : names) {
        writes.add(
            () -> {
              write(name, name);
              return null;
            });
      }
      for (Future<Void> write : pool.invokeAll(writes)) {
        write.get();
      }
    } finally {
      pool.shutdownNow();
    }

    assertEquals(names, names(at("0")));
    assertEquals(names.subList(500, files), names(at("00500.json")));
    assertEquals(files, walked().size());

    store().deleteAll(names.subList(0, files - 1).stream().map(this::at).toList());
    assertEquals(List.of("01000.json"), walked());
  }

  @Test
  void missingFilesAreTold() throws IOException {
    assertTrue(store().stat(at("none")).isEmpty());
    assertFalse(store().exists(at("none")));
    assertFalse(store().exists(at("none/_delta_log")));
    assertThrows(FileNotFoundException.class, () -> store().open(at("none")));
    assertThrows(
        FileNotFoundException.class,
        () -> {
          try (FileInput input = store().open(at("none"), 5)) {
            input.readFully(0, ByteBuffer.allocate(5));
          }
        });
    assertThrows(FileNotFoundException.class, () -> store().listFrom(at("none/a")));
    assertThrows(FileNotFoundException.class, () -> store().walk(at("none"), file -> {}));
  }

  @Test
  void logIsThereWhereAnEntryIs() throws IOException {
    makeDirectory("table");
    makeDirectory("table/_delta_log");
    makeDirectory("table2");
    makeDirectory("table2/_delta_logs");
    write("table/_delta_log/0", "entry");
    write("table2/_delta_logs/0", "no entry");

    assertTrue(store().exists(at("table/_delta_log")));
    assertFalse(store().exists(at("table2/_delta_log")));
  }

  @Test
  void readingPastTheEndIsAnError() throws IOException {
    write("a", "short");
    try (FileInput input = store().open(at("a"))) {
      assertThrows(EOFException.class, () -> input.readFully(2, ByteBuffer.allocate(4)));
      assertEquals(-1, input.read(5, ByteBuffer.allocate(1)));
    }
  }

  @Test
  void openFileIsReadByManyThreads() throws Exception {
    write("a", "0123456789");
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try (FileInput input = store().open(at("a"), 10)) {
      Map<Integer, Future<String>> reads = new HashMap<>();
      for (int i = 0; i < 10; i++) {
        int at = i;
        reads.put(
            at,
            pool.submit(
                () -> {
                  ByteBuffer one = ByteBuffer.allocate(1);
                  input.readFully(at, one);
                  return new String(one.array(), UTF_8);
                }));
      }
      for (int i = 0; i < 10; i++) {
        assertEquals("" + i, reads.get(i).get());
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void walkFindsFilesAtAnyDepth() throws IOException {
    makeDirectory("x");
    makeDirectory("x/y");
    write("x/y/deep", "1");
    write("top", "22");

    Map<String, Long> sizes = new HashMap<>();
    store().walk(directory(), file -> sizes.put(file.location(), file.size()));

    assertEquals(Map.of(at("x/y/deep"), 1L, at("top"), 2L), sizes);
  }

  @Test
  void resolvedLocationIsItsOwnResolution() {
    assertEquals(directory(), store().resolve(directory() + "/x/.././"));
    assertEquals(directory(), store().resolve(directory()));
  }
}
