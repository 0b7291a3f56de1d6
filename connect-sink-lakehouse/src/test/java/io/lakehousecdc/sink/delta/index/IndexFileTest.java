// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexFileTest {
  private static final int ROWS = 5_000_000;

  @TempDir Path directory;

  private final EncodedKey key = new EncodedKey();

  private record Bits(long first, long second) {}

  /** Small and large, of both kinds of keys, into direct memory and into files. */
  @ParameterizedTest
  @CsvSource({
    "0,false,1000000000",
    "1,true,0",
    "900,true,1000000000",
    "20000,false,0",
    "60000,false,1000000000",
    "60000,true,100000",
    // Large enough to be read by several threads.
    "500000,false,1000000000",
    "300000,true,3000000"
  })
  void indexIsReadAsItWasAndGoesOn(int count, boolean wide, long limit) throws IOException {
    SplittableRandom random = new SplittableRandom(count);
    Map<Bits, Long> model = new HashMap<>();
    Path file = directory.resolve("index");
    IndexBudget budget = new IndexBudget();
    try (KeyIndex index = new KeyIndex(wide, IndexMemory.unlimited())) {
      int[] files = {index.addFile(ROWS), index.addFile(10), index.addFile(ROWS)};
      index.removeFile(files[1]);
      for (int i = 0; i < count; i++) {
        put(index, model, random, wide, files[i % 2 * 2], i);
      }
      write(index, file);
    }
    try (IndexFileReader reader = IndexFileReader.open(file);
        KeyIndex index = reader.index(new IndexMemory(budget, limit, directory))) {
      assertEquals("described", reader.description().readUTF());
      assertEquals(model.size(), index.entries());
      assertFound(model, index);
      int reused = index.addFile(10);
      assertEquals(1, reused);
      for (int i = 0; i < 2_000; i++) {
        put(index, model, random, wide, i % 2 * 2, count + i);
      }
      assertFound(model, index);
    }
    assertEquals(0, budget.held());
  }

  @ParameterizedTest
  @ValueSource(ints = {10_000, 500_000})
  void memoryIsGivenBackWhereAPartIsDamaged(int keys) throws IOException {
    Path file = directory.resolve("index");
    try (KeyIndex index = new KeyIndex(false, IndexMemory.unlimited())) {
      int number = index.addFile(ROWS);
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i < keys; i++) {
        put(index, new HashMap<>(), random, false, number, i);
      }
      write(index, file);
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    IndexBudget budget = new IndexBudget();

    try (IndexFileReader reader = IndexFileReader.open(file)) {
      IndexMemory memory = new IndexMemory(budget, Long.MAX_VALUE, directory);
      assertThrows(IOException.class, () -> reader.index(memory));
    }

    assertEquals(0, budget.held());
  }

  private static void write(KeyIndex index, Path file) throws IOException {
    PartCopy copy = new PartCopy();
    try (IndexFileWriter writer = new IndexFileWriter(file)) {
      for (int part = 0; part < index.parts(); part++) {
        index.copy(part, copy);
        writer.add(copy);
      }
      writer.finish(index.wide(), index.numbers(), out -> out.writeUTF("described"));
    }
  }

  private void put(
      KeyIndex index,
      Map<Bits, Long> model,
      SplittableRandom random,
      boolean wide,
      int file,
      int row) {
    Bits bits = new Bits(random.nextLong(), wide ? random.nextLong() : 0);
    key.set(bits.first, bits.second);
    index.put(key, file, row);
    model.put(bits, Location.of(file, row));
  }

  private void assertFound(Map<Bits, Long> model, KeyIndex index) {
    model.forEach(
        (bits, location) -> {
          key.set(bits.first, bits.second);
          assertEquals(location, index.get(key));
        });
  }
}
