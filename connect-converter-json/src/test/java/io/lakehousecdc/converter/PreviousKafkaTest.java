// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Test with the oldest supported Kafka's {@code JsonConverter}, in a class loader of its own. */
class PreviousKafkaTest {
  /** Written by the testkit's build: the class path of a worker of the previous Kafka. */
  private static final Path CLASS_PATH =
      Path.of("..", "testkit", "kafka-previous", "target", "kafka.classpath");

  @Test
  void resultsAndErrorsAreThoseOfTheWorkersJsonConverter() throws Exception {
    try (URLClassLoader worker = worker()) {
      assertThrows(
          ClassNotFoundException.class,
          () -> worker.loadClass("org.apache.kafka.common.metrics.Monitorable"),
          "this is not the Kafka to test with");
      Method run =
          worker
              .loadClass(RandomRun.class.getName())
              .getDeclaredMethod("run", long.class, int.class);
      run.setAccessible(true);

      long[] counts = (long[]) run.invoke(null, 3L, 500);

      assertTrue(counts[0] > 5_000, "hardly any message was valid");
    }
  }

  @Test
  void versionIsTheModules() {
    try (CachedSchemaJsonConverter converter = new CachedSchemaJsonConverter()) {
      assertEquals(PluginVersion.version(), converter.version());
    }
  }

  private static URLClassLoader worker() throws IOException {
    List<URL> urls = new ArrayList<>();
    for (Class<?> type : List.of(CachedSchemaJsonConverter.class, RandomRun.class)) {
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
