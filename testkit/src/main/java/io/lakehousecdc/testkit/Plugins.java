// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The directories for a worker's {@code plugin.path}. Each holds directories of one plugin's jars.
 */
public final class Plugins {
  private Plugins() {}

  /** The stock Debezium PostgreSQL connector, as its project releases it. */
  public static Path debezium() {
    return ProjectFiles.built("testkit/target/plugins");
  }

  /** The Debezium JDBC sink, as its project releases it. */
  public static Path debeziumJdbc() {
    return ProjectFiles.built("testkit/peers/target/jdbc-sink");
  }

  /**
   * Apicurio's Avro converter. Its project ships no service file, without which a worker has to
   * search all classes of all plugins; a jar beside it brings one. Another JVM may do the same at
   * the same time.
   */
  public static Path avroConverter() {
    Path plugins = ProjectFiles.built("testkit/peers/target/avro-converter");
    Path jar = plugins.resolve("apicurio-avro-converter").resolve("service-file.jar");
    try {
      if (!Files.exists(jar)) {
        Path unfinished = Files.createTempFile(plugins, "service-file-", ".unfinished");
        writeServiceFile(unfinished);
        Files.move(unfinished, jar, StandardCopyOption.ATOMIC_MOVE);
      }
      return plugins;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + jar, e);
    }
  }

  private static void writeServiceFile(Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(
          new JarEntry("META-INF/services/org.apache.kafka.connect.storage.Converter"));
      out.write("io.apicurio.registry.utils.converter.AvroConverter".getBytes(UTF_8));
      out.closeEntry();
    }
  }

  /** This project's zip as the package module has built it, exploded into a directory. */
  public static Path project(Path into) {
    Path target = ProjectFiles.built("package/target");
    try (DirectoryStream<Path> zips = Files.newDirectoryStream(target, "*.zip")) {
      for (Path zip : zips) {
        return unzip(zip, into);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + target, e);
    }
    throw new IllegalStateException(
        "no zip in %s: build the package module first".formatted(target));
  }

  /** Explodes a Confluent Hub zip. */
  public static Path unzip(Path zip, Path into) {
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path path = into.resolve(entry.getName()).normalize();
        if (!path.startsWith(into)) {
          throw new IOException("entry outside of the zip: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else {
          Files.createDirectories(path.getParent());
          Files.copy(in, path, StandardCopyOption.REPLACE_EXISTING);
        }
      }
      return into;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unzip %s to %s".formatted(zip, into), e);
    }
  }

  /**
   * A plugin made of the jars or class directories that the given classes of this JVM come from,
   * for tests in a module whose zip is not built yet.
   */
  public static Path development(Path into, String name, Class<?>... classes) {
    Path plugin = into.resolve(name);
    try {
      Files.createDirectories(plugin);
      int jars = 0;
      for (Path origin : Arrays.stream(classes).map(Plugins::origin).distinct().toList()) {
        if (Files.isDirectory(origin)) {
          // Such directories are all called alike.
          jar(origin, plugin.resolve(name + "-" + jars++ + ".jar"));
        } else {
          Files.copy(
              origin, plugin.resolve(origin.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the plugin " + plugin, e);
    }
    return into;
  }

  private static Path origin(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("no file holds " + type, e);
    }
  }

  private static void jar(Path classes, Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> tree = Files.walk(classes)) {
      List<Path> files = tree.filter(Files::isRegularFile).sorted().toList();
      for (Path file : files) {
        out.putNextEntry(
            new JarEntry(
                classes.relativize(file).toString().replace(java.io.File.separatorChar, '/')));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
  }
}
