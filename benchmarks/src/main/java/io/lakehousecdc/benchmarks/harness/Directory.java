// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** Deletion of directories that a benchmark has written. */
public final class Directory {
  private Directory() {}

  /** Deletes a directory and what is in it. */
  public static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
