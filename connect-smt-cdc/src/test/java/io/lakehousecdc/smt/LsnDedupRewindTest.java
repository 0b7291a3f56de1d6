// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Test of source, LsnDedup and sink over many random histories, with rewinds (which keep the task
 * and its memory) and restarts (which clear the memory). The target must be the same as without
 * LsnDedup.
 */
class LsnDedupRewindTest {
  private static final int SEEDS = 300;
  private static final DebeziumTable TABLE =
      DebeziumRecords.table("public", "orders")
          .key("id", Schema.INT64_SCHEMA)
          .column("note", Schema.OPTIONAL_STRING_SCHEMA)
          .column("version", Schema.INT32_SCHEMA);

  @ParameterizedTest
  @ValueSource(ints = {1_000, 3, 1})
  void guardedSinkIsEqualWithAndWithout(int maxEntries) {
    check(maxEntries, ModelSink::guarded);
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000, 3, 1})
  void sinkThatTakesTheLastWriteConverges(int maxEntries) {
    check(maxEntries, ModelSink::lastWriteWins);
  }

  private static void check(int maxEntries, Supplier<ModelSink> sinks) {
    long dropped = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      SourceLog log = SourceLog.random(seed, TABLE);
      Chain chain = new Chain(seed, log.entries(), maxEntries, sinks.get());
      chain.run();
      dropped += chain.dropped;
      assertEquals(withoutTransform(log, sinks.get()), chain.sink.rows(), "seed " + seed);
      assertEquals(log.rows(), chain.sink.rows(), "seed " + seed);
    }
    assertTrue(dropped > SEEDS, "the histories must hold duplicates: " + dropped);
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000, 3})
  void shardsInOnePartitionDoNotDisturbEachOther(int maxEntries) {
    long dropped = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      SourceLog north = SourceLog.random(seed, TABLE.source("north", "shop"), 0);
      SourceLog south = SourceLog.random(seed + SEEDS, TABLE.source("south", "shop"), 100);
      Iterator<SourceLog.Entry> ofNorth = north.entries().iterator();
      Iterator<SourceLog.Entry> ofSouth = south.entries().iterator();
      ModelSink northern = ModelSink.lastWriteWins();
      ModelSink southern = ModelSink.lastWriteWins();
      try (DedupRun task = new DedupRun(Map.of("max.entries", "" + maxEntries))) {
        long offset = 0;
        while (ofNorth.hasNext() || ofSouth.hasNext()) {
          boolean turn = ofNorth.hasNext() && (random.nextBoolean() || !ofSouth.hasNext());
          SourceLog.Entry entry = (turn ? ofNorth : ofSouth).next();
          if (task.apply(entry.event().at("all", 0, offset++)) != null) {
            (turn ? northern : southern).put(entry);
          }
        }
        dropped += task.metric("Dropped");
        assertEquals(2, task.metric("Epochs"), "each has moved once; seed " + seed);
      }
      assertEquals(north.rows(), northern.rows(), "seed " + seed);
      assertEquals(south.rows(), southern.rows(), "seed " + seed);
    }
    assertTrue(dropped > SEEDS, "the histories must hold duplicates: " + dropped);
  }

  private static Map<Long, SourceLog.Row> withoutTransform(SourceLog log, ModelSink sink) {
    log.entries().forEach(sink::put);
    return sink.rows();
  }

  private static final class Chain {
    private final Random random;
    private final List<SourceLog.Entry> entries;
    private final Map<String, String> configuration;
    private final ModelSink sink;
    private DedupRun task;
    private long dropped;

    Chain(long seed, List<SourceLog.Entry> entries, int maxEntries, ModelSink sink) {
      this.random = new Random(~seed);
      this.entries = entries;
      this.configuration = Map.of("max.entries", "" + maxEntries);
      this.sink = sink;
      this.task = new DedupRun(configuration);
    }

    void run() {
      long offset = 0;
      while (offset < entries.size()) {
        SourceLog.Entry entry = entries.get((int) offset);
        if (task.apply(entry.event().at(0, offset)) == null) {
          dropped++;
        } else {
          sink.put(entry);
        }
        offset = afterFault(offset + 1);
      }
      task.close();
    }

    private long afterFault(long next) {
      return switch (random.nextInt(25)) {
        case 0, 1, 2 -> {
          sink.commit(next);
          yield next;
        }
        case 3 -> sink.rollBack();
        case 4 -> {
          task.close();
          task = new DedupRun(configuration);
          yield sink.rollBack();
        }
        default -> next;
      };
    }
  }
}
