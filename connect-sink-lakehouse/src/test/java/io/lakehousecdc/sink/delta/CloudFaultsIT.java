// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lakehousecdc.sink.delta.azure.AzureContainer;
import io.lakehousecdc.sink.delta.gcs.GcsBucket;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.testkit.Azurite;
import io.lakehousecdc.testkit.FaultProxy;
import io.lakehousecdc.testkit.FaultProxy.Fault;
import io.lakehousecdc.testkit.GcsFake;
import java.net.URI;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests of all kinds fail, of which some are done and some are not. Whatever happens, the tables
 * hold what the offsets say, read by another reader than the sink's own.
 */
class CloudFaultsIT {
  private static final int ROUNDS = 8;

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void tablesInGoogleCloudStorageEqualTheSource(long seed) {
    try (GcsFake server = GcsFake.start("lake")) {
      Function<URI, FileIO> stores = address -> GcsBucket.store(address, new StoreFigures());
      whateverFails(seed, "gs://lake/faults", server.endpoint(), stores);
    }
  }

  @Test
  void tablesInAzureEqualTheSource() {
    assumeTrue(Azurite.installed(), "Azurite is not installed");
    try (Azurite server = Azurite.start()) {
      server.container("lake");
      Function<URI, FileIO> stores = address -> AzureContainer.store(address, new StoreFigures());
      whateverFails(3, AzureContainer.root("lake") + "/faults", server.endpoint(), stores);
    }
  }

  /** By all faults but a conflict of writers, which is an answer of S3 only. */
  private static void harm(FaultProxy proxy, Random random) {
    List<Fault> faults = Fault.HARMFUL.stream().filter(fault -> fault != Fault.CONFLICT).toList();
    proxy.faults(
        request -> {
          synchronized (random) {
            return random.nextDouble() < 0.15
                ? faults.get(random.nextInt(faults.size()))
                : Fault.NONE;
          }
        });
  }

  private static void whateverFails(
      long seed, String root, URI server, Function<URI, FileIO> stores) {
    try (FaultProxy proxy = FaultProxy.before(server);
        FileIO store = stores.apply(server);
        FileIO harmed = stores.apply(proxy.endpoint())) {
      Succession line = Succession.here(store, root);
      harm(proxy, new Random(seed));
      int failures = 0;
      for (int round = 0; round < ROUNDS; round++) {
        try (Target target = MortalSink.open(harmed, root)) {
          MortalSink.commitNext(target);
          MortalSink.commitNext(target);
        } catch (RetriableException e) {
          failures++;
        }
        line.requireEqualToSource("round " + round);
      }
      assertTrue(proxy.harmed() > 20, "faults: " + proxy.harmed());
      assertTrue(failures < ROUNDS, "no commit came through");
      proxy.noFaults();
      try (Target target = MortalSink.open(harmed, root)) {
        MortalSink.commitNext(target);
      }
      line.requireEqualToSource("the last");
    }
  }
}
