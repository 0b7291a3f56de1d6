// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.packaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests of the alerts of docker/prometheus with Prometheus' own tool; skipped without it. */
class PrometheusRulesIT {
  private static final Path RULES =
      Path.of(System.getProperty("archive")).resolve("../../../docker/prometheus").normalize();

  @BeforeAll
  static void needsPromtool() {
    assumeTrue(
        Pattern.compile(File.pathSeparator)
            .splitAsStream(System.getenv("PATH"))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "promtool"))),
        "promtool is not on the PATH: the alerts are not tested");
  }

  @Test
  void configurationAndRulesAreValid() throws IOException, InterruptedException {
    promtool("check", "config", "prometheus.yml");
  }

  @Test
  void alertsFireWhenTheyShould() throws IOException, InterruptedException {
    promtool("test", "rules", "alerts_test.yml");
  }

  private static void promtool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(RULES.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), output);
  }
}
