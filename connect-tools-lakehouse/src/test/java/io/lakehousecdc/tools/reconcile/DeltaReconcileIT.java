// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.delta.DeltaTargetFactory;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;

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
}
