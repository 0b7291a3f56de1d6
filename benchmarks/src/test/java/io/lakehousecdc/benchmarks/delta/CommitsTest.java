// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitsTest {
  @TempDir Path directory;

  @Test
  void aSmallTableIsMeasuredAndRemoved() throws Exception {
    double median = new Commits(directory, 2 * Commits.EDGE, 20, 0).measure(500);
    assertTrue(median > 0);
    try (var left = Files.list(directory)) {
      assertEquals(0, left.count());
    }
  }
}
