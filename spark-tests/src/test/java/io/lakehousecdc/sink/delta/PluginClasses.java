// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The classes of the sink as a Connect worker loads them: those that the worker shares with its
 * plugins from there, all others from the archive's jars first. The class path of these tests, with
 * Spark and a real Hadoop, is the worker's.
 *
 * @see <a
 *     href="https://github.com/apache/kafka/blob/4.3/connect/runtime/src/main/java/org/apache/kafka/connect/runtime/isolation/PluginClassLoader.java">Kafka:
 *     PluginClassLoader</a>
 */
final class PluginClasses extends URLClassLoader {
  private static final List<String> SHARED = List.of("java.", "javax.", "org.slf4j.", "org.junit.");

  private PluginClasses(List<URL> urls) {
    super(urls.toArray(URL[]::new), PluginClasses.class.getClassLoader());
  }

  /** The archive's jars, and what the tests open targets with. */
  static PluginClasses ofArchive() throws IOException {
    List<URL> urls = new ArrayList<>();
    try (Stream<Path> jars = Files.list(Path.of(System.getProperty("archive.lib")))) {
      for (Path jar : jars.toList()) {
        urls.add(jar.toUri().toURL());
      }
    }
    urls.add(location(DeltaFixture.class));
    urls.add(location(PluginSide.class));
    return new PluginClasses(urls);
  }

  private static URL location(Class<?> type) throws MalformedURLException {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }

  /** Has {@link PluginSide} write rows. */
  void write(Path root, long offset, String name, int first, int last) throws Exception {
    try {
      loadClass(PluginSide.class.getName())
          .getMethod("write", String.class, long.class, String.class, int.class, int.class)
          .invoke(null, root.toString(), offset, name, first, last);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null && SHARED.stream().noneMatch(name::startsWith)) {
        try {
          loaded = findClass(name);
        } catch (ClassNotFoundException notOfThePlugin) {
          // The worker may have it.
        }
      }
      return loaded == null ? super.loadClass(name, resolve) : loaded;
    }
  }
}
