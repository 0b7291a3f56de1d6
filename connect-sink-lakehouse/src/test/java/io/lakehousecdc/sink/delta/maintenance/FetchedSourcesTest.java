// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.RemoteStore;
import io.lakehousecdc.sink.delta.maintenance.Compactor.Source;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.storage.ReadAheadFileIO;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

@Timeout(120)
class FetchedSourcesTest {
  private static final int SIZE = 1_000;

  private final RemoteStore remote = new RemoteStore();
  private final ReadAheadFileIO store = new ReadAheadFileIO(remote);

  @TempDir Path directory;

  @Test
  void filesAreFetchedTogetherByOneRequestEach() throws IOException {
    List<Source> sources = sources(6);
    CountDownLatch all = new CountDownLatch(sources.size());
    remote.during(
        request -> {
          all.countDown();
          assertTrue(ended(all), "the requests are not made together");
        });
    try (FetchedSources files = new FetchedSources(store, sources, 6 * SIZE)) {
      for (Source source : sources) {
        assertContent(source, files);
      }
    }
    assertEquals(6, remote.requests().size());
  }

  @Test
  void noMoreIsHeldThanTheMemoryForIt() throws IOException {
    List<Source> sources = sources(6);
    try (FetchedSources files = new FetchedSources(store, sources, 2 * SIZE + SIZE / 2)) {
      for (int i = 0; i < sources.size(); i++) {
        assertContent(sources.get(i), files);
        // The one that is read, and one more.
        assertTrue(remote.requests().size() <= i + 2, remote.requests()::toString);
      }
    }
    assertEquals(6, remote.requests().size());
    assertEquals(2 * SIZE + SIZE / 2, FetchedSources.bytes(store, sources, 2 * SIZE + SIZE / 2));
    assertEquals(6 * SIZE, FetchedSources.bytes(store, sources, 100 * SIZE));
  }

  @Test
  void fileThatIsLargerThanTheMemoryIsFetchedByItself() throws IOException {
    List<Source> sources = sources(3);
    try (FetchedSources files = new FetchedSources(store, sources, SIZE / 2)) {
      for (int i = 0; i < sources.size(); i++) {
        assertContent(sources.get(i), files);
        assertEquals(i + 1, remote.requests().size());
      }
    }
    assertEquals(SIZE, FetchedSources.bytes(store, sources, SIZE / 2));
  }

  @Test
  void nothingIsUnderWayAfterwards() throws IOException {
    List<Source> sources = sources(4);
    CountDownLatch closing = new CountDownLatch(1);
    List<String> ended = new ArrayList<>();
    remote.during(
        request -> {
          if (!request.location().endsWith("/0")) {
            ended(closing);
          }
          synchronized (ended) {
            ended.add(request.location());
          }
        });
    try (FetchedSources files = new FetchedSources(store, sources, 4 * SIZE)) {
      assertContent(sources.get(0), files);
      closing.countDown();
    }
    synchronized (ended) {
      assertEquals(4, ended.size());
    }
  }

  @Test
  void localFilesAreReadInTheirTurn() throws IOException {
    List<Source> sources = sources(2);
    LocalFileIO local = new LocalFileIO();
    assertEquals(0, FetchedSources.bytes(local, sources, 2 * SIZE));
    try (FetchedSources files = new FetchedSources(local, sources, 2 * SIZE)) {
      Files.delete(directory.resolve("1"));
      assertContent(sources.get(0), files);
      Files.write(directory.resolve("1"), content(1));
      assertContent(sources.get(1), files);
    }
  }

  private static boolean ended(CountDownLatch latch) {
    try {
      return latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void assertContent(Source source, FetchedSources files) throws IOException {
    ByteBuffer read = ByteBuffer.allocate(SIZE);
    try (FileInput file = files.open(source)) {
      file.readFully(0, read);
    }
    assertArrayEquals(content(Integer.parseInt(source.path())), read.array());
  }

  private static byte[] content(int number) {
    byte[] bytes = new byte[SIZE];
    new SplittableRandom(number).nextBytes(bytes);
    return bytes;
  }

  private List<Source> sources(int count) throws IOException {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path file = directory.resolve(Integer.toString(i));
      Files.write(file, content(i));
      sources.add(
          new Source(
              Integer.toString(i),
              file.toString(),
              SIZE,
              1,
              RoaringBitmap.bitmapOf(0),
              Optional.empty()));
    }
    return sources;
  }
}
