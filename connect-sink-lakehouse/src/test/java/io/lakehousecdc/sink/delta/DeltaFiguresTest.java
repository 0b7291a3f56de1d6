// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeltaFiguresTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(delta-[a-z-]+)` \\|");

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
}
