// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.harness;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the project, found through the system property {@code lakehousecdc.root}. */
public final class ProjectFile {
  private ProjectFile() {}

  /** An existing file or directory below the project's root. */
  public static Path at(String relative) {
    Path path = Path.of(System.getProperty("lakehousecdc.root", "")).resolve(relative);
    if (!Files.exists(path)) {
      throw new IllegalStateException(
          "%s is missing: start benchmarks by benchmarks/run.sh, which builds it"
              .formatted(path.toAbsolutePath()));
    }
    return path.toAbsolutePath();
  }
}
