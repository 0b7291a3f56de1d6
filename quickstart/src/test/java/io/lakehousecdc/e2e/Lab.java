// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.Plugins;
import io.lakehousecdc.testkit.ProjectFiles;
import io.lakehousecdc.testkit.SchemaRegistry;
import io.lakehousecdc.testkit.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The real stack with this project's archive as a plugin: one for all tests of the JVM, ended with
 * it. Its worker has the variables that config/README.md lists, and the JMX exporter with the rules
 * of docker/. Tests that kill a part start it again before they end.
 */
final class Lab {
  private static final SchemaRegistry REGISTRY = new SchemaRegistry();
  private static final Path PLUGINS = Plugins.project(temporaryDirectory());
  private static Stack stack;

  private Lab() {}

  static synchronized Stack stack() {
    if (stack == null) {
      // Source offsets are stored often, so that a killed worker's source does not snapshot again.
      stack =
          Stack.builder()
              .environment(parts -> SampleShop.environment(parts, REGISTRY.url()))
              .worker(
                  worker ->
                      worker
                          .plugins(PLUGINS, Plugins.debezium())
                          .plugins(Plugins.debeziumJdbc(), Plugins.avroConverter())
                          .exporter(ProjectFiles.root().resolve("docker/connect/jmx-exporter.yml"))
                          .property("offset.flush.interval.ms", "1000"))
              .start();
    }
    return stack;
  }

  /** The directory that the archive is exploded in. */
  static Path plugins() {
    return PLUGINS;
  }

  /** The jars of this project's archive, as {@code java -cp} takes them. */
  static String pluginClassPath() {
    try (Stream<Path> plugins = Files.list(PLUGINS)) {
      return plugins.findAny().orElseThrow().resolve("lib").resolve("*").toString();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + PLUGINS, e);
    }
  }

  /** The schema registry in the worker's variables, started at the first call. */
  static synchronized SchemaRegistry registry() {
    return REGISTRY.start();
  }

  static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("lakehouse-e2e");
    } catch (IOException e) {
      throw new UncheckedIOException("No temporary directory", e);
    }
  }
}
