// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.order.Position;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Test of the transforms with the oldest supported Kafka, in a class loader of its own. */
class PreviousKafkaTest {
  /** Written by the testkit's build: the class path of a worker of the previous Kafka. */
  private static final Path CLASS_PATH =
      Path.of("..", "testkit", "kafka-previous", "target", "kafka.classpath");

  @ParameterizedTest
  @ValueSource(classes = {LsnDedup.class, DlqRouter.class})
  void transformConfiguresOnAnOldWorker(Class<?> transform) throws Exception {
    try (URLClassLoader worker = worker()) {
      assertThrows(
          ClassNotFoundException.class,
          () -> worker.loadClass("org.apache.kafka.common.metrics.Monitorable"),
          "this is not the Kafka to test with");
      Class<?> loaded = worker.loadClass(transform.getName());
      Object instance = loaded.getConstructor().newInstance();
      loaded.getMethod("configure", Map.class).invoke(instance, Map.of());
      assertEquals(PluginVersion.version(), loaded.getMethod("version").invoke(instance));
      loaded.getMethod("close").invoke(instance);
    }
  }

  private static URLClassLoader worker() throws IOException {
    List<URL> urls = new ArrayList<>();
    for (Class<?> type : List.of(LsnDedup.class, Position.class)) {
      urls.add(type.getProtectionDomain().getCodeSource().getLocation());
    }
    for (String jar : Files.readString(CLASS_PATH).trim().split(File.pathSeparator)) {
      urls.add(url(jar));
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private static URL url(String jar) throws MalformedURLException {
    return Path.of(jar).toUri().toURL();
  }
}
