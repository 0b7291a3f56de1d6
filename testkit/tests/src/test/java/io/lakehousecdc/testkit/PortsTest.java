// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {
  /** Asks for a port, prints it, and lives until its input ends. */
  static final class OtherModule {
    private OtherModule() {}

    public static void main(String[] arguments) throws IOException {
      System.out.println(Ports.free());
      System.out.println(System.in.read());
    }
  }

  @Test
  void noPortIsGivenTwice() {
    Set<Integer> ports = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      ports.add(Ports.free());
    }
    assertEquals(500, ports.size());
  }

  @Test
  void portOfAnotherJvmIsTakenUntilThatEnds() throws IOException, InterruptedException {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OtherModule.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = other.inputReader()) {
      int port = Integer.parseInt(out.readLine());
      assertFalse(Ports.reserve(port), "port " + port + " of the other JVM");
      other.destroyForcibly().waitFor();
      assertTrue(Ports.reserve(port), "port " + port + " of the JVM that has ended");
    } finally {
      other.destroyForcibly();
    }
  }
}
