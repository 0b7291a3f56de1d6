// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes with {@code -Xmx512m -XX:MaxDirectMemorySize=256m}. The system properties {@code
 * lakehousecdc.soak.keys} and {@code lakehousecdc.soak.tables} make them larger: {@code mvn test
 * -pl connect-sink-lakehouse -am -Dtest=SmallMemoryTest -Dlakehousecdc.soak.keys=10000000
 * -Dlakehousecdc.soak.tables=1000}.
 */
class SmallMemoryTest {
  private static final int DEADLINE_MINUTES = 10;

  @TempDir Path root;

  @Test
  void indexThatExceedsTheBudgetGoesOnInFiles() throws Exception {
    run("keys", Integer.getInteger("lakehousecdc.soak.keys", 3_000_000));
  }

  @Test
  void manySmallTablesTakeLittle() throws Exception {
    run("tables", Integer.getInteger("lakehousecdc.soak.tables", 30));
  }

  @Test
  void filesAreReadWhereAllDirectMemoryIsTaken() throws Exception {
    run("reads", 100_000);
  }

  private void run(String what, int count) throws IOException, InterruptedException {
    Path log = root.resolve("log.txt");
    Path work = Files.createDirectory(root.resolve("work"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-XX:MaxDirectMemorySize=256m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                SmallMemorySink.class.getName(),
                what,
                Integer.toString(count),
                work.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertTrue(process.waitFor(DEADLINE_MINUTES, TimeUnit.MINUTES), () -> text(log));
      assertEquals(0, process.exitValue(), () -> text(log));
    } finally {
      process.destroyForcibly();
    }
  }

  private static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
