// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The locations of what the build has put into the {@code target} directories of this project:
 * Kafka's class paths, PostgreSQL's binaries, the unpacked Debezium plugin, the zip.
 */
public final class ProjectFiles {
  private ProjectFiles() {}

  /**
   * The project's root: the system property {@code lakehousecdc.root}, or the nearest directory
   * above the working directory that holds {@code .mvn}.
   */
  public static Path root() {
    String property = System.getProperty("lakehousecdc.root");
    if (property != null) {
      return Path.of(property).toAbsolutePath();
    }
    Path start = Path.of("").toAbsolutePath();
    for (Path at = start; at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve(".mvn"))) {
        return at;
      }
    }
    throw new IllegalStateException(
        "no directory with .mvn above %s: set -Dlakehousecdc.root to the project's root"
            .formatted(start));
  }

  /** A path below the root that the build has made. */
  static Path built(String relative) {
    Path path = root().resolve(relative);
    if (!Files.exists(path)) {
      throw new IllegalStateException(
          "%s is missing: build the testkit first (mvn -pl testkit -am process-resources)"
              .formatted(path));
    }
    return path;
  }
}
