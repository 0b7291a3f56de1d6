// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.delta.DeltaTargetFactory;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.tools.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeltaReconcileIT extends ReconcileContract {
  @Override
  Map<String, String> target(int number) throws IOException {
    Files.createDirectories(directory.resolve("lake"));
    return Map.of("target", "delta", "delta.root", directory.resolve("lake").toString());
  }

  @Override
  Target open(ConfiguredSink sink, TargetContext context) {
    return new DeltaTargetFactory().open(sink.targetSettings(), context);
  }

  @Test
  void fileThatCannotBeReadIsAFailureAndNoDifference() throws Exception {
    begin(Map.of());
    rows(1, 50);
    try (Stream<Path> files = Files.walk(directory.resolve("lake"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".parquet")).toList()) {
        Files.delete(file);
      }
    }

    assertEquals(Commands.FAILED, run().code());
  }
}
