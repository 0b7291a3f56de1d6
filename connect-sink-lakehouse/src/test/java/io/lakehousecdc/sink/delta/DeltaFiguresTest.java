// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaFiguresTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(delta-[a-z0-9-]+)` \\|");

  @TempDir Path root;

  @Test
  void metricsDocumentListsEveryFigure() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "METRICS.md"));
    try (Target target =
        DeltaFixture.open(
            new LocalFileIO(),
            root,
            TableOptions.DEFAULT,
            new TargetContext("sink", 0),
            Map.of())) {
      assertEquals(
          new TreeSet<>(target.gauges().keySet()),
          ROW.matcher(document)
              .results()
              .map((MatchResult row) -> row.group(1))
              .collect(Collectors.toCollection(TreeSet::new)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "prometheus/alerts.yml",
        "prometheus/alerts_test.yml",
        "grafana/dashboards/connect-lakehouse.json"
      })
  void monitoringUsesFiguresThatExist(String file) throws IOException {
    Set<String> exported =
        ROW.matcher(Files.readString(Path.of("..", "docs", "METRICS.md")))
            .results()
            .map(row -> "lakehousecdc_sink_" + row.group(1).replace('-', '_'))
            .collect(Collectors.toSet());
    Matcher used =
        Pattern.compile("lakehousecdc_sink_delta_\\w+")
            .matcher(Files.readString(Path.of("..", "docker").resolve(file)));
    while (used.find()) {
      String name = used.group();
      assertTrue(name.endsWith("_") || exported.contains(name), file + ": there is no " + name);
    }
  }
}
