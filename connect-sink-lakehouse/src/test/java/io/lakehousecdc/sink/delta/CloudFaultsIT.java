// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.Seeds;
import io.lakehousecdc.sink.delta.azure.AzureContainer;
import io.lakehousecdc.sink.delta.azure.SharedAzurite;
import io.lakehousecdc.sink.delta.gcs.GcsBucket;
import io.lakehousecdc.sink.delta.gcs.SharedGcs;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.testkit.FaultProxy;
import io.lakehousecdc.testkit.FaultProxy.Fault;
import java.net.URI;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Requests of all kinds fail, of which some are done and some are not. Whatever happens, the tables
 * hold what the offsets say, read by another reader than the sink's own.
 */
class CloudFaultsIT {
  private static final int ROUNDS = 8;

  @ParameterizedTest
  @Seeds(1)
  void tablesInGoogleCloudStorageEqualTheSource(long seed) {
    whateverFails(
        seed,
        SharedGcs.emptyDirectory(),
        SharedGcs.endpoint(),
        address -> GcsBucket.store(address, new StoreFigures()));
  }

  @ParameterizedTest
  @Seeds(1)
  void tablesInAzureEqualTheSource(long seed) {
    SharedAzurite.assumeInstalled();
    whateverFails(
        seed,
        SharedAzurite.emptyDirectory(),
        SharedAzurite.endpoint(),
        address -> AzureContainer.store(address, new StoreFigures()));
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
