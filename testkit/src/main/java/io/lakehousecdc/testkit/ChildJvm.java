// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command of a child JVM that runs one of Kafka's programs and ends with its parent.
 *
 * @param directory gets the launcher's class and the logging configuration
 * @param arguments the JVM's, such as {@code -Xmx512m}
 */
record ChildJvm(KafkaDistribution kafka, Path directory, List<String> arguments) {
  /** Short-lived test servers gain more from a quick start than from the best compiled code. */
  static final List<String> QUICK_START =
      List.of("-XX:+UseParallelGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

  /** Runs a main class with {@link ExitWithParent}, which alone joins Kafka's jars. */
  List<String> command(String mainClass, String... programArguments) {
    String launcher = ExitWithParent.class.getName();
    String launcherFile = launcher.replace('.', '/') + ".class";
    copyResource("/" + launcherFile, directory.resolve("launcher").resolve(launcherFile));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    command.add(kafka.loggingArgument(directory));
    command.add("-cp");
    command.add(directory.resolve("launcher") + File.pathSeparator + kafka.classPath());
    command.add(launcher);
    command.add(mainClass);
    command.addAll(List.of(programArguments));
    return command;
  }

  static void copyResource(String resource, Path target) {
    try (InputStream in = ChildJvm.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the testkit lacks its resource " + resource);
      }
      Files.createDirectories(target.getParent());
      Files.write(target, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + target, e);
    }
  }
}
