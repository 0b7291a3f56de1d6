// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A child JVM of a given size that runs a main class of the tests. Dies of want of memory anywhere,
 * also on a thread whose failures nobody looks at.
 */
public final class SmallJvm {
  private static final long DEADLINE_MINUTES = 30;
  private static final List<String> PROPERTIES =
      System.getProperties().stringPropertyNames().stream()
          .filter(name -> name.startsWith("lakehousecdc."))
          .map(name -> "-D" + name + "=" + System.getProperty(name))
          .toList();

  private SmallJvm() {}

  /**
   * Runs it to its end.
   *
   * @param memory the JVM's arguments, such as {@code -Xmx512m}
   * @param log file that takes its output
   * @throws AssertionError it does not exit with 0
   */
  public static void run(List<String> memory, Path log, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(memory);
    command.addAll(PROPERTIES);
    command.add("-XX:+UseSerialGC");
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(Arrays.asList(arguments));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertTrue(process.waitFor(DEADLINE_MINUTES, TimeUnit.MINUTES), () -> end(log));
      assertEquals(0, process.exitValue(), () -> end(log));
    } finally {
      process.destroyForcibly();
    }
  }

  private static String end(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
