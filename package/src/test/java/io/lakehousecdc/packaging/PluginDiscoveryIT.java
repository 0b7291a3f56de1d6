// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.rest.ConnectRestExtension;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Test that a worker with {@code plugin.discovery=service_load} finds the archive's plugins by
 * their service files, and that they load from the archive's jars only.
 */
class PluginDiscoveryIT {
  private static final String VERSION = System.getProperty("version");

  @TempDir private Path lib;
  private URLClassLoader plugin;

  @BeforeEach
  void isolate() throws IOException {
    List<URL> urls = new ArrayList<>();
    try (HubArchive archive = new HubArchive(Path.of(System.getProperty("archive")))) {
      for (String jar : archive.jars()) {
        Path file = Files.write(lib.resolve(jar), archive.bytes("lib/" + jar));
        urls.add(file.toUri().toURL());
      }
    }
    plugin = new URLClassLoader(urls.toArray(URL[]::new), new WorkersClasses());
  }

  @AfterEach
  void close() throws IOException {
    plugin.close();
  }

  @Test
  void transformsAreFoundInTheirRealVersion() {
    assertEquals(
        Map.of(
            "io.lakehousecdc.smt.DlqRouter", VERSION,
            "io.lakehousecdc.smt.LsnDedup", VERSION),
        versions(Transformation.class));
  }

  @Test
  void theSinkIsFoundInItsRealVersion() {
    assertEquals(
        Map.of("io.lakehousecdc.sink.LakehouseSinkConnector", VERSION),
        versions(SinkConnector.class));
  }

  @Test
  void theConverterIsFoundForRecordsAndForHeaders() {
    Map<String, String> expected =
        Map.of("io.lakehousecdc.converter.CachedSchemaJsonConverter", VERSION);
    assertEquals(expected, versions(Converter.class));
    assertEquals(expected, versions(HeaderConverter.class));
  }

  @Test
  void theStatusPageIsFoundInItsRealVersion() {
    assertEquals(
        Map.of("io.lakehousecdc.status.StatusExtension", VERSION),
        versions(ConnectRestExtension.class));
  }

  private Map<String, String> versions(Class<?> service) {
    Map<String, String> versions = new TreeMap<>();
    for (Object found : ServiceLoader.load(service, plugin)) {
      versions.put(found.getClass().getName(), ((Versioned) found).version());
    }
    return versions;
  }

  /** Packages that a worker shares with its plugins: the JDK, Kafka, the logging interface. */
  private static final class WorkersClasses extends ClassLoader {
    WorkersClasses() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith("org.apache.kafka.") || name.startsWith("org.slf4j.")) {
        return PluginDiscoveryIT.class.getClassLoader().loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }
}
