// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The main class of the archive's commands: {@code java -jar connect-tools-lakehouse-….jar
 * <command> …}. The archive holds no classes of Kafka, because a worker brings its own; so this
 * puts the jars beside it, and those of the Kafka or Connect installation that it finds, on the
 * class path. Uses the JDK alone.
 */
public final class Launcher {
  private static final String COMMANDS = "io.lakehousecdc.tools.Commands";

  /** A class that every Kafka installation has, and this archive has not. */
  private static final String KAFKA_CLASS = "org.apache.kafka.common.config.ConfigDef";

  /** Where Apache's, Confluent's and Debezium's images have the jars of Kafka. */
  private static final List<String> USUAL =
      List.of("/opt/kafka/libs", "/usr/share/java/kafka", "/kafka/libs", "/opt/bitnami/kafka/libs");

  private static final int NO_KAFKA = 2;

  private Launcher() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) throws Exception {
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) throws Exception {
    if (knows(KAFKA_CLASS)) {
      return run(Launcher.class.getClassLoader(), arguments);
    }
    Optional<Path> kafka =
        kafkaJars(Optional.ofNullable(System.getenv("KAFKA_HOME")), USUAL.stream().map(Path::of));
    if (kafka.isEmpty()) {
      System.err.println(
          "No Kafka installation is found. Set KAFKA_HOME to the directory of a Kafka or Connect"
              + " installation: its libs directory has kafka-clients-….jar. (Looked at "
              + USUAL
              + ".)");
      return NO_KAFKA;
    }
    List<URL> jars = new ArrayList<>();
    addJars(jars, own().getParent());
    addJars(jars, kafka.get());
    // Open until the process ends.
    return run(
        new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader()),
        arguments);
  }

  private static boolean knows(String name) {
    try {
      Class.forName(name, false, Launcher.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /**
   * The directory that has the jars of Kafka.
   *
   * @param home {@code KAFKA_HOME}: the directory of an installation, or that of its jars
   * @param usual where to look without it
   */
  static Optional<Path> kafkaJars(Optional<String> home, Stream<Path> usual) {
    Stream<Path> places =
        home.map(Path::of)
            .map(path -> Stream.of(path.resolve("libs"), path.resolve("share/java/kafka"), path))
            .orElse(usual);
    return places.filter(Launcher::hasClients).findFirst();
  }

  private static boolean hasClients(Path directory) {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(directory, "kafka-clients*.jar")) {
      return jars.iterator().hasNext();
    } catch (IOException e) {
      return false;
    }
  }

  private static void addJars(List<URL> jars, Path directory) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.jar")) {
      for (Path jar : found) {
        jars.add(jar.toUri().toURL());
      }
    }
  }

  private static Path own() throws URISyntaxException {
    return Path.of(Launcher.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static int run(ClassLoader loader, String[] arguments) throws Exception {
    Thread.currentThread().setContextClassLoader(loader);
    try {
      return (int)
          Class.forName(COMMANDS, true, loader)
              .getMethod("run", String[].class)
              .invoke(null, (Object) arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception failure ? failure : e;
    }
  }
}
