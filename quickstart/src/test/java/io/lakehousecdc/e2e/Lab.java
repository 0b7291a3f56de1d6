package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.Plugins;
import io.lakehousecdc.testkit.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The real stack with this project's archive as a plugin: one for all tests of the JVM, ended with
 * it. Tests that kill a part start it again before they end.
 */
final class Lab {
  private static Stack stack;

  private Lab() {}

  static synchronized Stack stack() {
    if (stack == null) {
      Path plugin = Plugins.project(temporaryDirectory());
      // Source offsets are kept often: a killed worker's source must not have to snapshot again.
      stack =
          Stack.builder()
              .worker(
                  worker ->
                      worker
                          .plugins(plugin, Plugins.debezium())
                          .property("offset.flush.interval.ms", "1000"))
              .start();
    }
    return stack;
  }

  static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("lakehouse-e2e");
    } catch (IOException e) {
      throw new UncheckedIOException("No temporary directory", e);
    }
  }
}
