// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What key indexes take outside the heap. */
class IndexMemoryTest {
  private static final int ROWS = 6_000_000;

  private final EncodedKey key = new EncodedKey();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void keyTakesABoundedNumberOfBytes(boolean wide) {
    double bound = wide ? 27 : 16;
    SplittableRandom random = new SplittableRandom(9);
    try (KeyIndex index = new KeyIndex(wide, IndexMemory.unlimited())) {
      int file = index.addFile(ROWS);
      for (int i = 1; i <= 5_900_000; i++) {
        key.set(random.nextLong(), random.nextLong());
        index.put(key, file, i);
        if (i >= 4_500_000 && i % 50_000 == 0) {
          assertTrue(
              index.size().bytes() < bound * i,
              () -> index.size().bytes() + " for " + index.entries());
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"false,1500", "true,1000"})
  void smallIndexIsSmall(boolean wide, int keys) {
    SplittableRandom random = new SplittableRandom(8);
    try (KeyIndex index = new KeyIndex(wide, IndexMemory.unlimited())) {
      int file = index.addFile(keys);
      for (int i = 0; i < keys; i++) {
        key.set(random.nextLong(), random.nextLong());
        index.put(key, file, i);
      }
      assertTrue(index.size().bytes() <= 64 << 10, () -> index.size().bytes() + " bytes");
    }
  }

  @Test
  void indexGoesOnInATemporaryFileBeyondItsShareOfMemory(@TempDir Path spill) throws IOException {
    SplittableRandom keys = new SplittableRandom(4);
    try (KeyIndex index = new KeyIndex(false, new IndexMemory(new IndexBudget(), 1 << 20, spill))) {
      int file = index.addFile(ROWS);
      for (int i = 0; i < 300_000; i++) {
        key.set(keys.nextLong(), 0);
        index.put(key, file, i);
      }
      SplittableRandom again = new SplittableRandom(4);
      for (int i = 0; i < 300_000; i++) {
        key.set(again.nextLong(), 0);
        assertEquals(Location.of(file, i), index.get(key));
      }
      assertTrue(index.size().bytes() > 4 << 20, () -> index.size().bytes() + " bytes");
    }
    try (var left = Files.list(spill)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void indexesShareABudgetAndGiveItBack(@TempDir Path spill) {
    IndexBudget budget = new IndexBudget();
    IndexMemory memory = new IndexMemory(budget, 1 << 20, spill);
    try (KeyIndex first = filled(memory, 60_000);
        KeyIndex second = filled(memory, 60_000)) {
      assertTrue(budget.held() <= 1 << 20, () -> budget.held() + " bytes");
      assertTrue(second.size().spilledBytes() > 0);
      assertEquals(
          first.size().bytes()
              - first.size().spilledBytes()
              + second.size().bytes()
              - second.size().spilledBytes(),
          budget.held());
    }
    assertEquals(0, budget.held());
    try (KeyIndex third = filled(memory, 10_000)) {
      assertEquals(0, third.size().spilledBytes());
    }
  }

  private KeyIndex filled(IndexMemory memory, int keys) {
    SplittableRandom random = new SplittableRandom(keys);
    KeyIndex index = new KeyIndex(false, memory);
    int file = index.addFile(keys);
    for (int i = 0; i < keys; i++) {
      key.set(random.nextLong(), 0);
      index.put(key, file, i);
    }
    return index;
  }
}
