// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.Seeds;
import io.lakehousecdc.sink.delta.s3.S3Store;
import io.lakehousecdc.sink.delta.s3.SharedS3;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.testkit.FaultProxy;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Processes die at some of the steps of writing to S3 of which {@link DeltaCrashTest} tries all on
 * a disk, every one with the system property {@code lakehousecdc.soak.stride} of 1; and requests of
 * all kinds fail, of which some are done and some are not. Whatever happens, the tables hold what
 * the offsets say, read by another reader than the sink's own, from the store itself.
 */
class S3CrashIT {
  private final String root = SharedS3.emptyDirectory();

  @TempDir Path logs;

  @Test
  void tablesEqualTheSourceWhereverProcessesDie() throws Exception {
    int deaths = succession().runs(2, Integer.getInteger("lakehousecdc.soak.stride", 7));

    assertTrue(deaths >= 2, "too few steps for commits, a compaction and a vacuum: " + deaths);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 8})
  void tablesEqualTheSourceWhereTheFirstProcessDies(int step) throws Exception {
    assertTrue(succession().begins(step), "the first commits have fewer steps");
  }

  @ParameterizedTest
  @Seeds(1)
  void tablesEqualTheSourceWhateverFails(long seed) {
    Succession line = succession();
    try (FaultProxy proxy = FaultProxy.before(SharedS3.endpoint());
        FileIO harmed = S3Store.at(proxy.endpoint())) {
      proxy.random(seed, 0.1);
      int failures = 0;
      for (int round = 0; round < 4; round++) {
        try (Target target = MortalSink.open(harmed, root)) {
          MortalSink.commitNext(target);
          MortalSink.commitNext(target);
        } catch (RetriableException e) {
          failures++;
        }
        line.requireEqualToSource("round " + round);
      }
      assertTrue(proxy.harmed() > 8, "faults: " + proxy.harmed());
      assertTrue(failures < 4, "no commit came through");
      proxy.noFaults();
      try (Target target = MortalSink.open(harmed, root)) {
        MortalSink.commitNext(target);
      }
      line.requireEqualToSource("the last");
    }
  }

  private Succession succession() {
    return Succession.inS3(SharedS3.endpoint(), SharedS3.store(), root, logs.resolve("log"));
  }
}
