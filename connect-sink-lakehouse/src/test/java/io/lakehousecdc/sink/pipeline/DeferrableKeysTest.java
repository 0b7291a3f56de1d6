// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TargetContext;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random transactions on a deferrable key, against the rows that the source has in the end: cut
 * into batches anywhere, read again, emitted again.
 */
class DeferrableKeysTest {
  private MemoryWarehouse warehouse = new MemoryWarehouse();
  private final Map<SourcePartition, Long> group = new HashMap<>();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 50})
  void rowsArriveHoweverTransactionsAreCut(int batch) {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      DeferrableSource source = new DeferrableSource(1 + seed % 3, random, null);
      for (int i = 0; i < 12; i++) {
        source.transaction(1 + random.nextInt(6));
      }
      try (Consumer consumer = consumer(source, batch)) {
        consumer.drain();
        assertEquals(List.of(), consumer.reported, "seed " + seed);
      }
      assertEquals(source.rows(), stored(), "seed " + seed);
      forget();
    }
  }

  /** Of the records that are rejected in vain, none is the first that tells of its change. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 50})
  void rowsArriveWhenEventsAreReadAndEmittedAgain(int batch) {
    rowsArriveWhenEventsAreReadAndEmittedAgain(
        batch, source -> letter -> source.isRepeated(letter.recordOffset()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 50})
  void nothingIsRejectedWhenEventsAreReadAndEmittedAgain(int batch) {
    rowsArriveWhenEventsAreReadAndEmittedAgain(batch, source -> letter -> false);
  }

  private void rowsArriveWhenEventsAreReadAndEmittedAgain(
      int batch, Function<DeferrableSource, Predicate<DeadLetter>> rejected) {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      DeferrableSource source =
          new DeferrableSource(1 + seed % 3, random, null).withoutTombstones();
      for (int round = 0; round < 6; round++) {
        source.transaction(1 + random.nextInt(6));
        source.emitAgain(12);
        source.transaction(1 + random.nextInt(6));
        Map<SourcePartition, Long> before = new HashMap<>(group);
        try (Consumer consumer =
            consumer(source, batch).expectingRejections(rejected.apply(source))) {
          for (int i = random.nextInt(4); i >= 0; i--) {
            consumer.poll(1 + random.nextInt(20));
          }
        }
        if (random.nextBoolean()) {
          group.putAll(before);
        }
      }
      try (Consumer consumer =
          consumer(source, batch).expectingRejections(rejected.apply(source))) {
        consumer.drain();
      }
      assertEquals(source.rows(), stored(), "seed " + seed);
      forget();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 10_000})
  void valuesLeftUntouchedMoveWithTheirRowOrAreRefused(int batch) {
    int refused = 0;
    for (int seed = 0; seed < 250; seed++) {
      Random random = new Random(seed);
      DeferrableSource source = new DeferrableSource(1, random, Cell.UNCHANGED);
      for (int i = 0; i < 8; i++) {
        source.transaction(1);
      }
      try (Consumer consumer = consumer(source, batch).expectingRejections(letter -> true)) {
        consumer.poll(batch);
        consumer.drain();
        if (consumer.reported.isEmpty()) {
          assertEquals(source.rows(), stored(), "seed " + seed);
        } else {
          refused++;
        }
      }
      forget();
    }
    if (batch == 10_000) {
      assertEquals(0, refused, "a transaction of one statement in one batch tells all values");
    }
  }

  private void forget() {
    warehouse = new MemoryWarehouse();
    group.clear();
  }

  private Consumer consumer(DeferrableSource source, int batch) {
    InMemoryTarget target =
        new InMemoryTarget(warehouse, TableOptions.DEFAULT, new TargetContext("shop", 0, 1));
    return new Consumer(
        source.log, group, target, TestOptions.options().flushRecords(batch).build());
  }

  private Map<Object, List<Object>> stored() {
    Map<Object, List<Object>> stored = new TreeMap<>();
    for (Map<String, Object> row : warehouse.rows(History.TABLE, MetadataColumns.DEFAULT)) {
      stored.put(row.get("id"), Arrays.asList(row.get("name"), row.get("body")));
    }
    return stored;
  }
}
