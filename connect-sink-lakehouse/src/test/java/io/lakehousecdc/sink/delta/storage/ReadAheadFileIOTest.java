// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.RemoteStore;
import io.lakehousecdc.testkit.Await;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadAheadFileIOTest {
  private static final int PATIENCE_SECONDS = 60;
  private static final long SETTLED = KeptFiles.SETTLED_MILLIS;
  private static final long TIME = 1_700_000_000_000L;

  private final RemoteStore remote = new RemoteStore();
  private final ReadMemory memory = new ReadMemory(64 << 20);
  private final ReadAheadFileIO store = new ReadAheadFileIO(remote, memory);

  @TempDir Path directory;

  @AfterEach
  void memoryIsGivenBack() {
    store.close();
    Await.until("fetches have ended", () -> memory.taken() == 0);
  }

  @Test
  void smallFileIsReadByOneRequest() throws IOException {
    byte[] content = write("a", ReadAheadFileIO.WHOLE_BYTES, TIME);
    try (FileInput input = store.open(at("a"), content.length)) {
      assertRead(content, input, content.length - 8, 8);
      assertRead(content, input, content.length - 40_000, 39_992);
      assertRead(content, input, 4, 5_000_000);
      assertRead(content, input, 0, 1);
    }
    assertGets(1);
  }

  @Test
  void footerTakesOneRequest() throws IOException {
    byte[] content = write("a", 20 << 20, TIME);
    try (FileInput input = store.open(at("a"), content.length)) {
      for (int i = 8; i > 0; i--) {
        assertRead(content, input, content.length - i, 1);
      }
      assertRead(content, input, content.length - 100_000, 100_000);
    }
    assertGets(1);
  }

  @Test
  void footerOfAFileOfWhichPartsAreWantedBringsNoMore() throws IOException {
    byte[] content = write("a", 2 << 20, TIME);
    try (FileInput input = store.openForParts(at("a"), content.length)) {
      assertRead(content, input, content.length - 8, 8);
      assertEquals(RemoteInput.TAIL_BYTES, memory.taken());
      assertRead(content, input, 1_000, 500_000);
      assertEquals(RemoteInput.TAIL_BYTES, memory.taken());
    }
    assertGets(2);
  }

  @Test
  void smallReadsThatLieTogetherTakeOneRequest() throws IOException {
    byte[] content = write("a", 20 << 20, TIME);
    try (FileInput input = store.open(at("a"), content.length)) {
      for (int at = 100; at < 900_000; at += 10_000) {
        assertRead(content, input, at, 9_000);
      }
      assertGets(1);
      assertRead(content, input, 12 << 20, 10);
      assertGets(2);
    }
  }

  @Test
  void anyReadsGiveWhatTheFileHas() throws IOException {
    byte[] content = write("a", 9_000_000, TIME);
    Random random = new Random(7);
    for (ReadMemory budget : List.of(memory, new ReadMemory(0))) {
      try (FileInput input = new ReadAheadFileIO(remote, budget).open(at("a"), content.length)) {
        for (int i = 0; i < 200; i++) {
          int size = random.nextInt(random.nextBoolean() ? 1_000 : 1_000_000);
          assertRead(content, input, random.nextInt(content.length - size), size);
        }
        assertEquals(-1, input.read(content.length, ByteBuffer.allocate(1)));
        assertEquals(0, input.read(content.length, ByteBuffer.allocate(0)));
      }
    }
  }

  @Test
  void memoryStaysWithinTheBudget() throws IOException {
    ReadMemory small = new ReadMemory(10 << 20);
    ReadAheadFileIO tight = new ReadAheadFileIO(remote, small);
    List<byte[]> contents = new ArrayList<>();
    List<FileInput> inputs = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      contents.add(write("f" + i, 4 << 20, TIME));
      inputs.add(tight.open(at("f" + i), 4 << 20));
    }
    tight.readAhead(tight.listFrom(at("f")));
    for (int i = 0; i < 10; i++) {
      assertRead(contents.get(i), inputs.get(i), (4 << 20) - 8, 8);
      assertRead(contents.get(i), inputs.get(i), 0, 10);
      assertTrue(small.taken() <= 10 << 20, () -> small.taken() + " bytes");
    }
    for (FileInput input : inputs) {
      input.close();
    }
    tight.close();
    assertEquals(0, small.taken());
  }

  @Test
  void missingFileIsFoundByTheFirstRead() throws IOException {
    try (FileInput input = store.open(at("none"), 10)) {
      assertThrows(FileNotFoundException.class, () -> input.readFully(0, ByteBuffer.allocate(10)));
    }
  }

  @Test
  void announcedFilesAreReadInParallel() throws IOException {
    CountDownLatch all = new CountDownLatch(RemoteStore.CONCURRENCY);
    for (int i = 0; i < RemoteStore.CONCURRENCY; i++) {
      write("f" + i, 100, TIME);
    }
    List<FileInfo> listed = store.listFrom(at("f"));
    remote.during(
        request -> {
          all.countDown();
          await(all);
        });
    store.readAhead(listed);
    await(all);
  }

  /** {@link #memoryIsGivenBack} fails where it keeps its memory. */
  @Test
  void fetchThatIsGivenUpBeforeItBeginsTakesNoMemory() throws IOException {
    CountDownLatch all = new CountDownLatch(RemoteStore.CONCURRENCY);
    CountDownLatch closed = new CountDownLatch(1);
    for (int i = 0; i <= RemoteStore.CONCURRENCY; i++) {
      write("f%03d".formatted(i), 100, TIME);
    }
    List<FileInfo> listed = store.listFrom(at("f"));
    remote.during(
        request -> {
          all.countDown();
          await(closed);
        });
    store.readAhead(listed);
    await(all);
    remote.during(request -> {});
    store.delete(at("f%03d".formatted(RemoteStore.CONCURRENCY)));
    store.close();
    closed.countDown();
  }

  @Test
  void announcedFileIsReadOnceHoweverOftenItIsOpened() throws IOException {
    byte[] content = write("a", 100, TIME);
    store.readAhead(store.listFrom(at("a")));
    for (int i = 0; i < 5; i++) {
      assertListed(content);
    }
    assertEquals(1, gets("a"));
  }

  @Test
  void announcedFileOfAnotherLengthIsNotTakenForIt() throws IOException {
    write("a", 100, TIME);
    store.readAhead(store.listFrom(at("a")));
    byte[] content = write("a", 90, TIME);
    assertListed(content);
  }

  @Test
  void fileIsKeptAsLongAsListingsShowIt() throws IOException {
    byte[] content = write("a", 100, TIME);
    write("b", 100, TIME + SETTLED);
    store.readAhead(store.listFrom(at("a")));
    assertListed(content);
    store.readAhead(store.listFrom(at("a")));
    assertListed(content);
    assertEquals(1, gets("a"));
  }

  @Test
  void replacedFileIsReadAnewThoughItHasTheLengthAndTime() throws IOException {
    write("a", 100, TIME);
    write("b", 100, TIME + SETTLED - 1);
    store.readAhead(store.listFrom(at("a")));
    byte[] content = write("a", 100, TIME);
    store.readAhead(store.listFrom(at("a")));
    assertListed(content);
  }

  @Test
  void replacedFileIsKnownByItsTime() throws IOException {
    write("a", 100, TIME);
    write("b", 100, TIME + SETTLED);
    store.readAhead(store.listFrom(at("a")));
    byte[] content = write("a", 100, TIME + SETTLED);
    store.listFrom(at("a"));
    assertListed(content);
    Files.delete(directory.resolve("a"));
    store.listFrom(at("a"));
    assertThrows(FileNotFoundException.class, () -> assertListed(content));
  }

  @Test
  void whatTheStoreHasNowIsNotAnsweredFromMemory() throws IOException {
    write("a", 100, TIME);
    store.readAhead(store.listFrom(at("a")));
    byte[] content = write("a", 100, TIME);
    try (FileInput input = store.open(at("a"), 100)) {
      assertRead(content, input, 0, 100);
    }
    try (FileInput input = store.open(at("a"))) {
      assertRead(content, input, 0, 100);
    }
  }

  @Test
  void ownWritesAreSeen() throws IOException {
    byte[] first = write("a", 100, TIME);
    write("b", 100, TIME + SETTLED);
    store.readAhead(store.listFrom(at("a")));
    store.delete(at("a"));
    assertThrows(FileNotFoundException.class, () -> assertListed(first));
    store.putIfAbsent(at("a"), new byte[100]);
    assertListed(new byte[100]);
    store.readAhead(store.listFrom(at("a")));
    try (FileOutput output = store.create(at("a"))) {
      output.write(first);
      output.complete();
    }
    assertListed(first);
    store.readAhead(store.listFrom(at("a")));
    store.deleteAll(List.of(at("a"), at("b")));
    assertThrows(FileNotFoundException.class, () -> assertListed(first));
  }

  @Test
  void fileThatCouldNotBeFetchedIsReadByWhoeverNeedsIt() throws IOException {
    byte[] content = write("a", 100, TIME);
    AtomicInteger number = new AtomicInteger();
    List<FileInfo> listed = store.listFrom(at("a"));
    remote.during(
        request -> {
          if (number.getAndIncrement() == 0) {
            throw new UncheckedIOException(new IOException("connection reset"));
          }
        });
    store.readAhead(listed);
    assertListed(content);
  }

  @Test
  void filesUsedLastAreKeptWhereMemoryIsShort() throws IOException {
    ReadMemory small = new ReadMemory(1_000);
    ReadAheadFileIO tight = new ReadAheadFileIO(remote, small);
    write("a", 200, TIME);
    write("b", 200, TIME);
    write("c", 200, TIME);
    write("d", 501, TIME);
    tight.readAhead(tight.listFrom(at("c")));
    tight.openListed(at("c"), 200).close();
    assertEquals(200, small.taken());
    tight.readAhead(List.of(new FileInfo(at("a"), 200, TIME), new FileInfo(at("b"), 200, TIME)));
    assertEquals(400, small.taken(), "c has made room");
    for (String name : List.of("a", "b")) {
      tight.openListed(at(name), 200).close();
    }
    assertEquals(1, gets("a"));
    assertEquals(1, gets("b"));
    assertEquals(0, gets("d"));
    tight.close();
    assertEquals(0, small.taken());
  }

  @Test
  void endOfTheStoreLetsGoOfThoseWhoWait() throws Exception {
    byte[] content = write("a", 100, TIME);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    List<FileInfo> listed = store.listFrom(at("a"));
    AtomicInteger number = new AtomicInteger();
    remote.during(
        request -> {
          if (number.getAndIncrement() == 0) {
            begun.countDown();
            await(closed);
          }
        });
    store.readAhead(listed);
    await(begun);
    store.close();
    assertListed(content);
    closed.countDown();
  }

  private void assertListed(byte[] content) throws IOException {
    try (FileInput input = store.openListed(at("a"), content.length)) {
      assertEquals(content.length, input.length());
      assertRead(content, input, 0, content.length);
      assertEquals(-1, input.read(content.length, ByteBuffer.allocate(1)));
    }
  }

  private static void assertRead(byte[] content, FileInput input, int from, int size)
      throws IOException {
    ByteBuffer read = ByteBuffer.allocate(size);
    input.readFully(from, read);
    assertArrayEquals(Arrays.copyOfRange(content, from, from + size), read.array());
  }

  private void assertGets(int count) {
    assertEquals(count, remote.requests().size(), () -> remote.requests().toString());
  }

  private int gets(String name) {
    return remote.requests("GET", "/" + name).size();
  }

  private String at(String name) {
    return directory.resolve(name).toString();
  }

  /** Every time with other content. */
  private byte[] write(String name, int size, long modifiedMillis) throws IOException {
    byte[] content = new byte[size];
    new Random(contents++).nextBytes(content);
    Path file = Files.write(directory.resolve(name), content);
    Files.setLastModifiedTime(file, FileTime.fromMillis(modifiedMillis));
    return content;
  }

  private int contents;

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "It does not come");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
