// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DataSizeTest {
  @Test
  void mebibytesAreCountedInBytes() {
    assertEquals(DataSize.ofBytes(3 * 1024 * 1024), DataSize.ofMebibytes(3));
  }

  @Test
  void sizesAreComparedByTheirBytes() {
    assertTrue(DataSize.ofBytes(1_024).compareTo(DataSize.ofMebibytes(1)) < 0);
    assertTrue(DataSize.ofMebibytes(5_000).compareTo(DataSize.ofMebibytes(1)) > 0);
    assertEquals(0, DataSize.ofMebibytes(1).compareTo(DataSize.ofBytes(1 << 20)));
  }

  @Test
  void negativeSizeIsRefused() {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> DataSize.ofBytes(-1));
    assertEquals("A size cannot be negative: -1 bytes", refusal.getMessage());
  }

  @Test
  void sizeBeyondWhatALongCanCountIsRefused() {
    assertThrows(ArithmeticException.class, () -> DataSize.ofMebibytes(Long.MAX_VALUE));
  }

  @Test
  void unitIsShown() {
    assertEquals("1024 bytes", DataSize.ofBytes(1_024).toString());
  }
}
