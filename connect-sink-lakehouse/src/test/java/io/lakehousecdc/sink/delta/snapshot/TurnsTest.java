// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final Object[] ROW = {};

  private int calls;

  @Test
  void nothingIsHandedToAReceiverThatHasFailed() {
    IOException full = new IOException("No space left on device");
    Turns turns =
        new Turns(
            (file, row) -> {
              calls++;
              throw full;
            });

    assertSame(full, assertThrows(IOException.class, () -> turns.row(null, ROW)));
    assertSame(full, assertThrows(IOException.class, () -> turns.row(null, ROW)));
    assertEquals(1, calls);
  }

  @Test
  void anyFailureOfTheReceiverIsToldToAllReaders() {
    IllegalStateException broken = new IllegalStateException("broken");
    Turns turns =
        new Turns(
            (file, row) -> {
              calls++;
              throw broken;
            });

    assertSame(broken, assertThrows(IllegalStateException.class, () -> turns.row(null, ROW)));
    assertSame(broken, assertThrows(IOException.class, () -> turns.row(null, ROW)).getCause());
    assertEquals(1, calls);
  }
}
