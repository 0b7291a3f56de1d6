// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.Seeds;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TargetContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random changes under everything that can go wrong at once. */
class CrashesTest {
  /** Longer than the pauses of many failures in one commit, on a busy machine. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private int failedInARow;
  private final MemoryWarehouse warehouse = new MemoryWarehouse();
  private final Map<SourcePartition, Long> group = new HashMap<>();

  /** Of the records that are rejected in vain, none is the first that tells of its change. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void crashesLostAcknowledgementsAndReemissionsConverge(long seed) {
    converge(seed, history -> letter -> history.isRepeated(letter.recordOffset()));
  }

  /** Time cuts batches, so that it does not fail with the same seeds each time. */
  @ParameterizedTest
  @Seeds(60)
  void crashesLostAcknowledgementsAndReemissionsRejectNothing(long seed) {
    converge(seed, history -> letter -> false);
  }

  private void converge(long seed, Function<History, Predicate<DeadLetter>> rejected) {
    Random random = new Random(seed);
    History history = new History(1 + random.nextInt(3));
    warehouse.beforeCommit(commit -> failSometimes(random));
    warehouse.afterCommit(
        commit -> {
          failSometimes(random);
          failedInARow = 0;
        });
    for (int round = 0; round < 20; round++) {
      for (int i = random.nextInt(60); i >= 0; i--) {
        history.step(random);
      }
      if (random.nextInt(4) == 0) {
        history.emitAgain(random.nextInt(history.log.size()), random.nextInt(20));
      }
      Map<SourcePartition, Long> before = new HashMap<>(group);
      try (Consumer consumer = consumer(history).expectingRejections(rejected.apply(history))) {
        for (int i = random.nextInt(4); i >= 0; i--) {
          consumer.poll(1 + random.nextInt(40));
        }
      }
      if (random.nextInt(3) == 0) {
        group.putAll(before);
      }
    }
    try (Consumer consumer = consumer(history).expectingRejections(rejected.apply(history))) {
      consumer.drain();
    }
    history.assertStoredIn(warehouse);
  }

  /** Not too often in a row: each failure doubles the pause before the next attempt. */
  private void failSometimes(Random random) {
    synchronized (random) {
      if (random.nextInt(6) == 0 && failedInARow < 4) {
        failedInARow++;
        throw new RetriableException("connection lost");
      }
    }
  }

  private Consumer consumer(History history) {
    TargetContext context = new TargetContext("shop", 0);
    return new Consumer(
        history.log,
        group,
        new InMemoryTarget(warehouse, TableOptions.DEFAULT, context),
        TestOptions.options().retry(PATIENCE).build());
  }
}
