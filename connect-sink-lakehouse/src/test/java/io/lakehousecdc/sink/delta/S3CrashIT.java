// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.s3.S3Store;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.testkit.FaultProxy;
import io.lakehousecdc.testkit.S3ProxyServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Processes die at every step of writing to S3, as in {@link DeltaCrashTest}; and requests of all
 * kinds fail, of which some are done and some are not. Whatever happens, the tables hold what the
 * offsets say, read by another reader than the sink's own, from the store itself.
 */
class S3CrashIT {
  private static S3ProxyServer server;
  private static FileIO store;

  @TempDir Path logs;

  @BeforeAll
  static void start() {
    server = S3ProxyServer.onDisk();
    server.bucket("lake");
    store = S3Store.at(server.endpoint());
  }

  @AfterAll
  static void stop() {
    store.close();
    server.close();
  }

  @Test
  void tablesEqualTheSourceWhereverProcessesDie() throws Exception {
    int deaths = succession("grown").runs(1, 3);

    assertTrue(deaths >= 4, "too few steps for commits, a compaction and a vacuum: " + deaths);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 9})
  void tablesEqualTheSourceWhereTheFirstProcessDies(int step) throws Exception {
    assertTrue(succession("new" + step).begins(step), "the first commits have fewer steps");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void tablesEqualTheSourceWhateverFails(long seed) {
    String root = "s3://lake/faults" + seed;
    Succession line = succession("faults" + seed);
    try (FaultProxy proxy = FaultProxy.before(server.endpoint());
        FileIO harmed = S3Store.at(proxy.endpoint())) {
      proxy.random(seed, 0.15);
      int failures = 0;
      for (int round = 0; round < 8; round++) {
        try (Target target = MortalSink.open(harmed, root)) {
          MortalSink.commitNext(target);
          MortalSink.commitNext(target);
        } catch (RetriableException e) {
          failures++;
        }
        line.requireEqualToSource("round " + round);
      }
      assertTrue(proxy.harmed() > 20, "faults: " + proxy.harmed());
      assertTrue(failures < 8, "no commit came through");
      proxy.noFaults();
      try (Target target = MortalSink.open(harmed, root)) {
        MortalSink.commitNext(target);
      }
      line.requireEqualToSource("the last");
    }
  }

  private Succession succession(String name) {
    return Succession.inS3(
        server.endpoint(), store, "s3://lake/" + name, logs.resolve(name + ".log"));
  }
}
