// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SpareBufferTest {
  private final SpareBuffer spare = new SpareBuffer();

  @Test
  void bufferThatWasGivenBackIsTakenAgainAndEmpty() {
    CopyBuffer buffer = spare.take(100);
    buffer.int64(1);
    spare.giveBack(buffer);
    CopyBuffer again = spare.take(50);
    assertSame(buffer, again);
    assertEquals(0, again.size());
  }

  @Test
  void bufferInUseIsGivenToNobodyElse() {
    spare.giveBack(spare.take(100));
    assertNotSame(spare.take(100), spare.take(100));
  }

  @Test
  void smallerBufferIsReplaced() {
    spare.giveBack(spare.take(100));
    assertTrue(spare.take(101).array().length >= 101);
  }
}
