// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyIndexTest {
  private static final int ROWS = 6_000_000;

  private final EncodedKey key = new EncodedKey();

  /** Bits of a test key: those of a narrow index alone, or with a second half. */
  private record Bits(long first, long second) {}

  /**
   * Few distinct first halves: long runs of equal keys in wide indexes; few distinct leading bits:
   * all in one part; a wide range: an even spread.
   */
  @ParameterizedTest
  @CsvSource({
    "1,false,SPREAD",
    "2,true,SPREAD",
    "3,false,ONE_PART",
    "4,true,ONE_PART",
    "5,true,SAME_FIRST"
  })
  void behavesAsAMapUnderRandomChanges(long seed, boolean wide, Shape shape) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<Bits, Long> model = new HashMap<>();
    List<Bits> seen = new ArrayList<>();
    try (KeyIndex index = new KeyIndex(wide, IndexMemory.unlimited())) {
      int[] files = {index.addFile(ROWS), index.addFile(ROWS), index.addFile(10)};
      for (int step = 0; step < 60_000; step++) {
        Bits bits =
            seen.isEmpty() || random.nextInt(3) == 0
                ? shape.next(random, wide)
                : seen.get(random.nextInt(seen.size()));
        seen.add(bits);
        key.set(bits.first, bits.second);
        int file = files[random.nextInt(files.length)];
        int row = random.nextInt(file == files[2] ? 10 : ROWS);
        // Phases of growth and of shrinking.
        boolean shrinking = step / 10_000 % 2 == 1;
        int action = random.nextInt(10);
        if (action < (shrinking ? 2 : 6)) {
          Long previous = model.put(bits, Location.of(file, row));
          assertEquals(orAbsent(previous), index.put(key, file, row));
        } else if (action < 8) {
          assertEquals(orAbsent(model.remove(bits)), index.remove(key));
        } else if (action < 9) {
          long from = orAbsent(model.get(bits));
          if (from != Location.ABSENT) {
            assertTrue(index.move(key, from, file, row));
            model.put(bits, Location.of(file, row));
          }
        } else {
          assertEquals(orAbsent(model.get(bits)), index.get(key));
        }
        assertEquals(model.size(), step % 1000 == 0 ? index.entries() : model.size());
      }
      assertEquals(model.size(), index.entries());
      long[] locations = new long[seen.size()];
      index.getAll(
          seen.stream().mapToLong(Bits::first).toArray(),
          seen.stream().mapToLong(Bits::second).toArray(),
          seen.size(),
          locations);
      for (int i = 0; i < locations.length; i++) {
        Bits bits = seen.get(i);
        key.set(bits.first, bits.second);
        assertEquals(orAbsent(model.get(bits)), index.get(key));
        assertEquals(orAbsent(model.get(bits)), locations[i]);
      }
    }
  }

  private enum Shape {
    SPREAD {
      @Override
      Bits next(SplittableRandom random, boolean wide) {
        return new Bits(random.nextLong(), wide ? random.nextLong() : 0);
      }
    },
    ONE_PART {
      @Override
      Bits next(SplittableRandom random, boolean wide) {
        return new Bits(random.nextLong(50_000) << 20, wide ? random.nextInt(2) : 0);
      }
    },
    SAME_FIRST {
      @Override
      Bits next(SplittableRandom random, boolean wide) {
        return new Bits(random.nextInt(500) - 1, random.nextInt(60));
      }
    };

    abstract Bits next(SplittableRandom random, boolean wide);
  }

  @Test
  void extremeKeysAndRowsAreKept() {
    try (KeyIndex index = new KeyIndex(false, IndexMemory.unlimited())) {
      int file = index.addFile(Integer.MAX_VALUE);
      long[] keys = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE};
      int[] rows = {0, 1, (1 << 22) - 1, 1 << 22, Integer.MAX_VALUE - 1};
      for (int i = 0; i < keys.length; i++) {
        key.set(keys[i], 0);
        index.put(key, file, rows[i]);
      }
      for (int i = 0; i < keys.length; i++) {
        key.set(keys[i], 0);
        assertEquals(Location.of(file, rows[i]), index.get(key));
      }
    }
  }

  @Test
  void moveLeavesAKeyAloneThatHasChangedMeanwhile() {
    try (KeyIndex index = new KeyIndex(false, IndexMemory.unlimited())) {
      int old = index.addFile(10);
      int compacted = index.addFile(10);
      key.set(7, 0);
      index.put(key, old, 3);
      index.put(key, old, 4);

      assertFalse(index.move(key, Location.of(old, 3), compacted, 0));
      assertEquals(Location.of(old, 4), index.get(key));
      index.remove(key);
      assertFalse(index.move(key, Location.of(old, 4), compacted, 0));
      assertEquals(Location.ABSENT, index.get(key));
    }
  }

  @Test
  void numbersOfRemovedFilesAreUsedAgain() {
    try (KeyIndex index = new KeyIndex(false, IndexMemory.unlimited())) {
      int large = index.addFile(ROWS);
      index.removeFile(large);
      for (int i = 0; i < 3_000_000; i++) {
        index.removeFile(index.addFile(1));
      }
      assertEquals(large, index.addFile(ROWS));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void keysOfRemovedFilesGoWithThemAndOthersStay(boolean wide) {
    SplittableRandom random = new SplittableRandom(3);
    try (KeyIndex index = new KeyIndex(wide, IndexMemory.unlimited())) {
      int[] files = {index.addFile(ROWS), index.addFile(50_000), index.addFile(ROWS)};
      Map<Bits, Long> model = new HashMap<>();
      for (int row = 0; row < 50_000; row++) {
        Bits bits = new Bits(random.nextLong(), wide ? random.nextLong() : 0);
        int file = files[random.nextInt(3)];
        key.set(bits.first, bits.second);
        index.put(key, file, row);
        model.put(bits, Location.of(file, row));
      }
      BitSet gone = new BitSet();
      gone.set(files[0]);
      gone.set(files[2]);

      index.removeFiles(gone);

      model.forEach(
          (bits, location) -> {
            key.set(bits.first, bits.second);
            boolean kept = Location.file(location) == files[1];
            assertEquals(kept ? location : Location.ABSENT, index.get(key));
          });
      assertEquals(
          model.values().stream().filter(at -> Location.file(at) == files[1]).count(),
          index.entries());
    }
  }

  @Test
  void movesPointKeysToTheNewFileButForRowsThatAreGone() {
    SplittableRandom random = new SplittableRandom(6);
    try (KeyIndex index = new KeyIndex(true, IndexMemory.unlimited())) {
      int old = index.addFile(10_000);
      int compacted = index.addFile(10_000);
      KeyMoves moves = new KeyMoves();
      List<Bits> keys = new ArrayList<>();
      for (int row = 0; row < 10_000; row++) {
        Bits bits = new Bits(random.nextLong(), random.nextLong());
        keys.add(bits);
        key.set(bits.first, bits.second);
        index.put(key, old, row);
        moves.add(key, 9_999 - row);
      }
      moves.arrange();

      moves.apply(index, compacted, row -> row % 10 == 0);

      for (int row = 0; row < 10_000; row++) {
        key.set(keys.get(row).first, keys.get(row).second);
        int moved = 9_999 - row;
        assertEquals(
            moved % 10 == 0 ? Location.of(old, row) : Location.of(compacted, moved),
            index.get(key));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void keysStayWhereTheyAreWhileTheIndexGrowsLarge(boolean wide) {
    SplittableRandom keys = new SplittableRandom(12);
    try (KeyIndex index = new KeyIndex(wide, IndexMemory.unlimited())) {
      int file = index.addFile(ROWS);
      for (int i = 0; i < 100_000; i++) {
        key.set(keys.nextLong(), wide ? keys.nextLong() : 0);
        assertEquals(Location.ABSENT, index.put(key, file, i));
        assertEquals(i + 1, i % 1_000 == 0 ? index.entries() : i + 1);
      }
      SplittableRandom again = new SplittableRandom(12);
      for (int i = 0; i < 100_000; i++) {
        key.set(again.nextLong(), wide ? again.nextLong() : 0);
        assertEquals(Location.of(file, i), index.get(key));
      }
    }
  }

  /** More than a small index has room for in its ordinals. */
  @Test
  void fewKeysAreFoundInManyFiles() {
    try (KeyIndex index = new KeyIndex(false, IndexMemory.unlimited())) {
      int files = 70_000;
      for (int i = 0; i < files; i++) {
        int file = index.addFile(1);
        key.set((long) (i % 100) << 50, 0);
        index.put(key, file, 0);
      }
      for (int i = files - 100; i < files; i++) {
        key.set((long) (i % 100) << 50, 0);
        assertEquals(Location.of(i, 0), index.get(key));
      }
    }
  }

  @Test
  void clearedIndexIsEmptyAndUsable() {
    try (KeyIndex index = new KeyIndex(true, IndexMemory.unlimited())) {
      int file = index.addFile(100);
      for (int i = 0; i < 100; i++) {
        key.set((long) i << 55, i);
        index.put(key, file, i);
      }
      index.clear();
      assertEquals(0, index.entries());
      for (int i = 0; i < 100; i++) {
        key.set((long) i << 55, i);
        assertEquals(Location.ABSENT, index.put(key, file, i));
      }
      assertEquals(100, index.entries());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void severalThreadsFillOneIndex(boolean reserved) throws Exception {
    int threads = 4;
    int perThread = 200_000;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (KeyIndex index = new KeyIndex(false, IndexMemory.unlimited())) {
      if (reserved) {
        index.reserve((long) threads * perThread);
      }
      int[] files = new int[threads];
      List<Callable<Long>> work = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        files[thread] = index.addFile(perThread);
        int file = files[thread];
        SplittableRandom random = new SplittableRandom(thread);
        work.add(
            () -> {
              IndexLoader loader = new IndexLoader(index);
              EncodedKey own = new EncodedKey();
              for (int row = 0; row < perThread; row++) {
                own.set(random.nextLong(), 0);
                loader.put(own, file, row);
              }
              loader.flush();
              return loader.duplicates();
            });
      }
      for (Future<Long> done : pool.invokeAll(work)) {
        assertEquals(0, done.get());
      }
      assertEquals((long) threads * perThread, index.entries());
      for (int thread = 0; thread < threads; thread++) {
        SplittableRandom random = new SplittableRandom(thread);
        for (int row = 0; row < perThread; row++) {
          key.set(random.nextLong(), 0);
          assertEquals(Location.of(files[thread], row), index.get(key));
        }
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static long orAbsent(Long location) {
    return location == null ? Location.ABSENT : location;
  }
}
