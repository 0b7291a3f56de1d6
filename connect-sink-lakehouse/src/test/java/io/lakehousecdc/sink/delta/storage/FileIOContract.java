// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every store has to do. A store's test extends this class. */
public abstract class FileIOContract extends FileReadsContract {
  private static final int WRITERS = 8;

  /** How often writers race for a name. */
  protected int rounds() {
    return 20;
  }

  @Test
  void writtenFileIsReadBack() throws IOException {
    long before = System.currentTimeMillis();
    write("a", "hello");

    assertEquals("hello", read("a"));
    FileInfo found = store().stat(at("a")).orElseThrow();
    assertEquals(5, found.size());
    assertEquals("a", found.name());
    assertEquals(at("a"), found.location());
    // Another machine's clock, to the second.
    assertTrue(found.modifiedMillis() > before - Duration.ofMinutes(5).toMillis());
    assertTrue(found.modifiedMillis() < before + Duration.ofMinutes(5).toMillis());
  }

  @Test
  void emptyFileIsAFile() throws IOException {
    write("empty", "");

    assertEquals(0, store().stat(at("empty")).orElseThrow().size());
    assertEquals("", read("empty"));
  }

  @Test
  void createReplacesAFileOfTheSameName() throws IOException {
    write("a", "old");
    write("a", "new");

    assertEquals("new", read("a"));
  }

  @Test
  void fileAppearsOnlyWhenItIsComplete() throws IOException {
    write("b", "beside");
    try (FileOutput output = store().create(at("a"))) {
      output.write("half".getBytes(UTF_8));
      output.flush();

      assertFalse(store().exists(at("a")));
      assertEquals(List.of("b"), names(at("a")));
      assertEquals(4, output.position());
    }
  }

  @Test
  void closingAnIncompleteFileLeavesNothing() throws IOException {
    write("b", "beside");
    try (FileOutput output = store().create(at("a"))) {
      output.write(new byte[10 << 20]);
    }
    assertFalse(store().exists(at("a")));
    try (FileOutput replacing = store().create(at("b"))) {
      replacing.write(new byte[10 << 20]);
    }

    assertEquals("beside", read("b"));
    assertEquals(List.of("b"), walked());
  }

  @Test
  void putIfAbsentNeverReplaces() throws IOException {
    store().putIfAbsent(at("a"), "first".getBytes(UTF_8));

    assertThrows(
        FileAlreadyExistsException.class,
        () -> store().putIfAbsent(at("a"), "second".getBytes(UTF_8)));
    assertEquals("first", read("a"));
    assertEquals(List.of("a"), walked());
  }

  @Test
  void exactlyOneOfManyWritersWinsAName() throws Exception {
    CyclicBarrier start = new CyclicBarrier(WRITERS);
    ExecutorService pool = Executors.newFixedThreadPool(WRITERS);
    try {
      for (int round = 0; round < rounds(); round++) {
        String name = "entry-" + round;
        List<Callable<Boolean>> attempts = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
          byte[] content = ("writer " + writer).getBytes(UTF_8);
          attempts.add(
              () -> {
                start.await();
                try {
                  store().putIfAbsent(at(name), content);
                  return true;
                } catch (FileAlreadyExistsException lost) {
                  return false;
                }
              });
        }
        List<Integer> winners = new ArrayList<>();
        List<Future<Boolean>> outcomes = pool.invokeAll(attempts);
        for (int writer = 0; writer < WRITERS; writer++) {
          if (outcomes.get(writer).get()) {
            winners.add(writer);
          }
        }
        assertEquals(1, winners.size());
        assertEquals("writer " + winners.get(0), read(name));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void deletedFileIsGone() throws IOException {
    write("a", "old");
    write("b", "kept");

    assertTrue(store().delete(at("a")));

    assertFalse(store().exists(at("a")));
    assertEquals(List.of("b"), names(at("a")));
    store().deleteAll(List.of(at("never was"), at("b")));
    assertEquals(List.of(), walked());
    store().deleteAll(List.of());
  }

  @Test
  void rootThatIsUsableStaysAsItWas() throws IOException {
    write("a", "kept");

    store().requireUsable(directory());

    assertEquals(List.of("a"), walked());
  }
}
