// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CopyBufferTest {
  private final CopyBuffer buffer = new CopyBuffer();

  @Test
  void numbersAreInNetworkOrder() {
    buffer.int8(-1).int16(0x0102).int32(0x03040506).int64(0x0708090A0B0C0D0EL);
    assertArrayEquals(new byte[] {-1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}, written());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "äöü ß", "€ 漢字", "\ud83d\ude00 and \ud83d\ude01"})
  void textIsUtf8(String text) {
    buffer.utf8(text);
    assertArrayEquals(text.getBytes(UTF_8), written());
  }

  @Test
  void longTextIsUtf8AcrossBlocks() {
    for (int shift = 0; shift < 3; shift++) {
      String text = "x".repeat(shift) + "\ud83d\ude00".repeat(10_000) + "漢".repeat(100_000);
      buffer.clear();
      buffer.utf8(text);
      assertArrayEquals(text.getBytes(UTF_8), written());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\0", "\ud83d", "\ude00\ud83d", "x\ud83dx"})
  void textThatPostgresCannotStoreIsRefused(String text) {
    assertThrows(UnfitValueException.class, () -> buffer.utf8(text));
  }

  @Test
  void fieldIsPrefixedWithItsLength() {
    buffer.textField("äb").nullField();
    int begin = buffer.beginField();
    buffer.int16(7);
    buffer.endField(begin);
    assertEquals(7 + 4 + 6, buffer.size());
    assertArrayEquals(
        new byte[] {0, 0, 0, 3, (byte) 0xC3, (byte) 0xA4, 'b', -1, -1, -1, -1, 0, 0, 0, 2, 0, 7},
        written());
  }

  @Test
  void growsAndGivesMemoryUp() {
    int initial = buffer.array().length;
    buffer.raw(new byte[20 * initial]);
    assertEquals(20 * initial, buffer.size());
    buffer.clear();
    assertEquals(initial, buffer.array().length);
    assertEquals(0, buffer.size());
  }

  private byte[] written() {
    return Arrays.copyOf(buffer.array(), buffer.size());
  }
}
