// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes die at every step: before a directory is made, before a data file is whole, before the
 * file of deletion vectors, before the log entry and after it, before the histories and the states
 * in the table of offsets, within a compaction, a checkpoint, a vacuum.
 */
class DeltaCrashTest {
  /** Steps of the first commits, which make the tables: every other is enough, for the time. */
  private static final int BEGINNING = 12;

  /** As many as the machine can be expected to have processors. */
  private static final int AT_ONCE = 2;

  @TempDir Path root;

  @Test
  void tablesEqualTheSourceWhereverProcessesDie() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Future<Integer>> lines = new ArrayList<>();
      for (int first = 1; first <= AT_ONCE; first++) {
        Succession line = warehouse("grown" + first);
        int step = first;
        lines.add(threads.submit(() -> line.runs(step, AT_ONCE)));
      }
      List<Future<Boolean>> beginnings = new ArrayList<>();
      for (int i = 1; i <= BEGINNING; i += 2) {
        Succession line = warehouse("new" + i);
        int step = i;
        beginnings.add(threads.submit(() -> line.begins(step)));
      }
      for (Future<Integer> line : lines) {
        assertTrue(line.get() >= 8, "too few steps for commits, a compaction and a vacuum");
      }
      for (Future<Boolean> beginning : beginnings) {
        assertTrue(beginning.get(), "the first commits have fewer steps");
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Succession warehouse(String name) throws IOException {
    return new Succession(Files.createDirectory(root.resolve(name)));
  }
}
