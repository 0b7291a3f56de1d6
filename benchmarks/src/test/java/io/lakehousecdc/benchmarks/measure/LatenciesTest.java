// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  @Test
  void quantileIsTheDurationThatTheShareDoesNotExceed() {
    Latencies latencies = new Latencies();
    for (int millis = 2000; millis >= 1; millis--) {
      latencies.add(millis * 1_000_000L);
    }

    assertEquals(1000, latencies.quantileMillis(0.5));
    assertEquals(1980, latencies.quantileMillis(0.99));
    assertEquals(2000, latencies.quantileMillis(1));
  }

  @Test
  void noDurationHasNoQuantile() {
    assertThrows(IllegalStateException.class, () -> new Latencies().quantileMillis(0.5));
  }

  @Test
  void medianOfTwoIsTheLower() {
    assertEquals(1.0, Median.of(List.of(2.0, 1.0)));
    assertEquals(2.0, Median.of(List.of(3.0, 1.0, 2.0)));
    assertEquals(0.0, Median.of(List.of()));
  }
}
