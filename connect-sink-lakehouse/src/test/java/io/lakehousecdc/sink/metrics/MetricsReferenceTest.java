// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.metrics.SinkMetrics.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Test that docs/METRICS.md, the alerts and the dashboard match the metrics of the sink. */
class MetricsReferenceTest {
  private static final Path PROJECT = Path.of("..");
  private static final Path FILE = PROJECT.resolve(Path.of("docs", "METRICS.md"));
  private static final String BEGIN = "<!-- begin sink -->\n";
  private static final String END = "<!-- end sink -->";

  @Test
  void theReferenceIsWhatTheSinkSays() throws IOException {
    String actual = Files.readString(FILE);
    String expected =
        actual.substring(0, actual.indexOf(BEGIN) + BEGIN.length())
            + table()
            + actual.substring(actual.indexOf(END));
    if (Boolean.getBoolean("lakehousecdc.docs.write")) {
      Files.writeString(FILE, expected);
      return;
    }
    assertEquals(
        expected,
        actual,
        "docs/METRICS.md is stale. Write it anew: mvn test -pl connect-sink-lakehouse -am"
            + " -Dtest=MetricsReferenceTest -Dsurefire.failIfNoSpecifiedTests=false"
            + " -Dlakehousecdc.docs.write=true");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docker/prometheus/alerts.yml",
        "docker/prometheus/alerts_test.yml",
        "docker/grafana/dashboards/connect-lakehouse.json"
      })
  void monitoringUsesFiguresThatExist(String file) throws IOException {
    Set<String> exported =
        new SinkMetrics()
            .figures().values().stream()
                .map(MetricsReferenceTest::exported)
                .collect(Collectors.toSet());
    Matcher used =
        Pattern.compile("lakehousecdc_sink_(?!delta_)\\w+")
            .matcher(Files.readString(PROJECT.resolve(file)));
    assertTrue(used.find(), file + " uses no figure of the sink");
    do {
      assertTrue(exported.contains(used.group()), file + ": there is no " + used.group());
    } while (used.find());
  }

  private static String table() {
    return "| attribute | meaning and unit | exporter's name |\n|---|---|---|\n"
        + new SinkMetrics()
            .figures().values().stream()
                .map(
                    figure ->
                        "| `%s` | %s | `%s` |\n"
                            .formatted(figure.name(), figure.documentation(), exported(figure)))
                .collect(Collectors.joining());
  }

  /** The name of a metric by docker/connect/jmx-exporter.yml. */
  private static String exported(Figure figure) {
    String snake = figure.name().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    return "lakehousecdc_sink_" + snake.replaceFirst("_(micros|millis)$", "_seconds");
  }
}
