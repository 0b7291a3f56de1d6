// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.io.ParquetDecodingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers that parquet-java has encoded, read and passed over in every mixture. */
class HybridRunsTest {
  private static final int COUNT = 3_000;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 7, 8, 9, 13, 16, 17, 20, 24, 25, 31, 32})
  void numbersAreThoseThatWereEncoded(int width) throws IOException {
    for (int seed = 0; seed < 30; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int[] numbers = numbers(width, random);
      HybridRuns runs = encoded(width, numbers);
      for (int at = 0; at < COUNT; ) {
        int step = Math.min(COUNT - at, random.nextInt(1, 60));
        if (random.nextBoolean()) {
          runs.skip(step);
          at += step;
        } else {
          for (int i = 0; i < step / 4; i++) {
            assertEquals(numbers[at], runs.next());
            at++;
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void sumIsThatOfTheNumbersPassedOver(int width) throws IOException {
    for (int seed = 0; seed < 30; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int[] numbers = numbers(width, random);
      HybridRuns runs = encoded(width, numbers);
      for (int at = 0; at < COUNT; ) {
        int step = Math.min(COUNT - at, random.nextInt(60));
        assertEquals(Arrays.stream(numbers, at, at + step).sum(), runs.sum(step));
        at += step;
      }
    }
  }

  @Test
  void numbersOfMoreBitsThanTheirWidthAreRefused() {
    assertThrows(ParquetDecodingException.class, () -> new HybridRuns(ByteBuffer.allocate(8), 33));
    // A run of five times 2, which has two bits.
    HybridRuns runs = new HybridRuns(ByteBuffer.wrap(new byte[] {5 << 1, 2}), 1);
    assertThrows(ParquetDecodingException.class, runs::next);
  }

  @Test
  void emptyRunsArePassedOver() {
    byte[] encoded = {0, 1, 5 << 1, 1};
    assertEquals(1, new HybridRuns(ByteBuffer.wrap(encoded), 1).next());
    assertEquals(5, new HybridRuns(ByteBuffer.wrap(encoded), 1).sum(5));
  }

  /** Stretches of one number, and of numbers that differ. */
  private static int[] numbers(int width, SplittableRandom random) {
    int[] numbers = new int[COUNT];
    for (int from = 0; from < COUNT; ) {
      int to = Math.min(COUNT, from + random.nextInt(1, 100));
      int repeated = number(width, random);
      boolean repeats = random.nextBoolean();
      for (int i = from; i < to; i++) {
        numbers[i] = repeats ? repeated : number(width, random);
      }
      from = to;
    }
    return numbers;
  }

  private static int number(int width, SplittableRandom random) {
    return (int) (random.nextLong() & (1L << width) - 1);
  }

  private static HybridRuns encoded(int width, int[] numbers) throws IOException {
    try (RunLengthBitPackingHybridEncoder encoder =
        new RunLengthBitPackingHybridEncoder(width, 64, 1 << 20, new HeapByteBufferAllocator())) {
      for (int number : numbers) {
        encoder.writeInt(number);
      }
      return new HybridRuns(encoder.toBytes().toByteBuffer().slice(), width);
    }
  }
}
