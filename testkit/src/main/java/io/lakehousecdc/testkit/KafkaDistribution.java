// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The Kafka versions of which brokers and Connect workers can be started. */
public enum KafkaDistribution {
  /** The version that the plugin is built for; logs with Log4j 2. */
  CURRENT("kafka-current", "log4j2.properties", "log4j2.configurationFile"),
  /** The oldest that the plugin has to load on; logs with reload4j. */
  PREVIOUS("kafka-previous", "log4j.properties", "log4j.configuration");

  private final String module;
  private final String loggingFile;
  private final String loggingProperty;

  KafkaDistribution(String module, String loggingFile, String loggingProperty) {
    this.module = module;
    this.loggingFile = loggingFile;
    this.loggingProperty = loggingProperty;
  }

  /** The jars of broker and worker, as the value of {@code java -cp}. */
  String classPath() {
    Path file = ProjectFiles.built("testkit/%s/target/kafka.classpath".formatted(module));
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /**
   * An installation as a download has it, as far as others look for its jars: {@code libs} holds
   * links to them.
   *
   * @param directory where it is made
   * @return the directory
   */
  public Path installation(Path directory) {
    Path libs = directory.resolve("libs");
    try {
      Files.createDirectories(libs);
      for (String jar : classPath().split(File.pathSeparator)) {
        Path link = libs.resolve(Path.of(jar).getFileName());
        if (!Files.exists(link)) {
          Files.createSymbolicLink(link, Path.of(jar));
        }
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot link jars in " + libs, e);
    }
  }

  /** The JVM argument that makes the version log to standard output. */
  String loggingArgument(Path directory) {
    Path file = directory.resolve(loggingFile);
    ChildJvm.copyResource("logging/" + loggingFile, file);
    return "-D%s=%s".formatted(loggingProperty, file.toUri());
  }
}
