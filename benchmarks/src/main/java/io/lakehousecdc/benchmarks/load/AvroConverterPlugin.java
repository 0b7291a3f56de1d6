package io.lakehousecdc.benchmarks.load;

import io.lakehousecdc.benchmarks.ProjectFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * Apicurio's Avro converter as a worker's plugin. Its project ships no service file, without which
 * a worker has to search all classes of all plugins; a jar beside it brings one.
 */
final class AvroConverterPlugin {
  private static final String SERVICE =
      "META-INF/services/org.apache.kafka.connect.storage.Converter";
  private static final String CLASS = "io.apicurio.registry.utils.converter.AvroConverter";

  private AvroConverterPlugin() {}

  /** A directory for {@code plugin.path}. */
  static Path directory() {
    Path plugins = ProjectFile.at("benchmarks/peers/target/avro-converter");
    Path jar = plugins.resolve("apicurio-avro-converter").resolve("service-file.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(SERVICE));
      out.write(CLASS.getBytes(StandardCharsets.UTF_8));
      out.closeEntry();
      return plugins;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + jar, e);
    }
  }
}
