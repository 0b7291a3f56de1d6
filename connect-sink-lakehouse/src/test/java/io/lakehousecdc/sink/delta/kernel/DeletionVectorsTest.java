// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.delta.kernel.internal.deletionvectors.Base85Codec;
import io.lakehousecdc.sink.delta.ForwardingFileIO;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

class DeletionVectorsTest {
  @TempDir Path table;

  private final Counting store = new Counting();

  @Test
  void vectorsOfOneCommitAreReadAtOnce() throws IOException {
    Map<Integer, RoaringBitmap> vectors = random(500, 20);
    Map<Integer, VectorDescriptor> written = vectors().write(vectors);

    assertEquals(byDescriptor(vectors, written), vectors().read(written.values()));

    assertEquals(1, store.opened.sum());
    assertEquals(1, store.reads.sum());
  }

  @Test
  void vectorsThatLieFarApartAreNotReadWithWhatIsBetweenThem() throws IOException {
    Map<Integer, RoaringBitmap> vectors = random(60, 8_000);
    Map<Integer, VectorDescriptor> written = new HashMap<>(vectors().write(vectors));
    for (int i = 1; i < 59; i++) {
      vectors.remove(i);
      written.remove(i);
    }

    assertEquals(byDescriptor(vectors, written), vectors().read(written.values()));

    assertEquals(1, store.opened.sum());
    assertEquals(2, store.reads.sum());
    assertTrue(store.bytes.sum() < 64 << 10, store.bytes + " bytes read");
  }

  @Test
  void vectorsOfSeveralCommitsAreReadInAnyOrder() throws IOException {
    Map<VectorDescriptor, RoaringBitmap> expected = new HashMap<>();
    for (int commit = 0; commit < 3; commit++) {
      Map<Integer, RoaringBitmap> vectors = random(10, 5);
      expected.putAll(byDescriptor(vectors, vectors().write(vectors)));
    }
    List<VectorDescriptor> wanted = new ArrayList<>(expected.keySet());
    wanted.add(wanted.get(0));

    assertEquals(expected, vectors().read(wanted));

    assertEquals(3, store.opened.sum());
    assertEquals(Map.of(), vectors().read(List.of()));
  }

  @Test
  void damageIsNoticedWhereverItIs() throws IOException {
    Map<Integer, RoaringBitmap> vectors = random(3, 100);
    List<VectorDescriptor> written = List.copyOf(vectors().write(vectors).values());
    Path file = Path.of(vectors().location(written.get(0)));
    byte[] intact = Files.readAllBytes(file);
    for (VectorDescriptor vector : written) {
      for (int place : List.of(0, Integer.BYTES + 20, Integer.BYTES + vector.size() + 3)) {
        byte[] damaged = intact.clone();
        damaged[vector.offset().orElseThrow() + place] ^= 1;
        Files.write(file, damaged);
        assertThrows(IOException.class, () -> vectors().read(written));
      }
    }
    Files.write(file, Arrays.copyOf(intact, intact.length - 1));
    assertThrows(IOException.class, () -> vectors().read(written));
  }

  @Test
  void vectorThatIsInTheLogItselfIsReadFromThere() throws IOException {
    Map<Integer, RoaringBitmap> vectors = Map.of(1, RoaringBitmap.bitmapOf(3, 4, 7, 11, 18, 29));
    VectorDescriptor stored = vectors().write(vectors).get(1);
    byte[] file = Files.readAllBytes(Path.of(vectors().location(stored)));
    int begin = stored.offset().orElseThrow() + Integer.BYTES;
    // The encoding takes four bytes at a time.
    int padded = (stored.size() + 3) / 4 * 4;
    byte[] content = Arrays.copyOf(Arrays.copyOfRange(file, begin, begin + stored.size()), padded);
    VectorDescriptor inline =
        new VectorDescriptor(
            "i", Base85Codec.encodeBytes(content), OptionalInt.empty(), stored.size(), 6);
    assertEquals(Map.of(inline, vectors.get(1)), vectors().read(List.of(inline)));
  }

  private DeletionVectors vectors() {
    return new DeletionVectors(store, table.toString());
  }

  private static Map<Integer, RoaringBitmap> random(int count, int rows) {
    Random random = new Random(count);
    Map<Integer, RoaringBitmap> vectors = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      RoaringBitmap vector = new RoaringBitmap();
      for (int row = 0; row < rows; row++) {
        vector.add(random.nextInt(1_000_000));
      }
      vectors.put(i, vector);
    }
    return vectors;
  }

  private static Map<VectorDescriptor, RoaringBitmap> byDescriptor(
      Map<Integer, RoaringBitmap> vectors, Map<Integer, VectorDescriptor> written) {
    Map<VectorDescriptor, RoaringBitmap> found = new HashMap<>();
    vectors.forEach((key, vector) -> found.put(written.get(key), vector));
    return found;
  }

  /** Counts what is asked of the store. Thread-safe: files are read several at a time. */
  private static final class Counting extends ForwardingFileIO {
    private final LongAdder opened = new LongAdder();
    private final LongAdder reads = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    Counting() {
      super(new LocalFileIO());
    }

    @Override
    public FileInput open(String location) throws IOException {
      opened.increment();
      FileInput input = super.open(location);
      return new FileInput() {
        @Override
        public long length() {
          return input.length();
        }

        @Override
        public int read(long position, ByteBuffer into) throws IOException {
          int read = input.read(position, into);
          reads.increment();
          bytes.add(read);
          return read;
        }

        @Override
        public void close() throws IOException {
          input.close();
        }
      };
    }
  }
}
