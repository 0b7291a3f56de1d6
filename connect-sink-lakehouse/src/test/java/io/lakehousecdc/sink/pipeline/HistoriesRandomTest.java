// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories: clusters one after the other, failovers that go back, suffixes that are emitted
 * again, shards, COPYs, truncates, and tasks that restart and hand partitions over. Nothing is
 * lost, doubled or rejected.
 */
@Timeout(120)
class HistoriesRandomTest {

  private static LongStream seeds() {
    return LongStream.range(Long.getLong("firstSeed", 0), Long.getLong("seeds", 20));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void tableIsEqualToItsSource(long seed) {
    new Run(seed, new ItemTopics(), 1).upsert();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void softDeletedTableIsEqualToItsSource(long seed) {
    new Run(seed, new ItemTopics().deletes(DeleteMode.SOFT), 1).upsert();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void tableIsEqualToItsShards(long seed) {
    new Run(seed, new ItemTopics().relation(SourceRelation.SHARDS), 2).upsert();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void logHasEveryChangeOnce(long seed) {
    new Run(seed, new ItemTopics().append(), 1).log();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void logHasEveryChangeOfShardsOnce(long seed) {
    new Run(seed, new ItemTopics().append().relation(SourceRelation.SHARDS), 2).log();
  }

  /** New clusters with new prefixes take each other's place, each once the one before is read. */
  @ParameterizedTest
  @MethodSource("seeds")
  void softDeletedTableIsEqualToTheLastOfItsSources(long seed) {
    ItemTopics topics =
        new ItemTopics().deletes(DeleteMode.SOFT).relation(SourceRelation.SUCCESSORS);
    Run run = new Run(seed, topics, 1);
    run.replaces = true;
    run.upsert();
  }

  /** One seed. */
  private static final class Run {
    private final Random random;
    private final ItemTopics topics;
    private final List<RandomShop> shops = new ArrayList<>();
    private final int partitions;
    private boolean replaces;
    private int failures;

    Run(long seed, ItemTopics topics, int shards) {
      this.random = new Random(seed);
      this.topics = topics.batchesOf(4 + random.nextInt(60));
      this.partitions = 1 + random.nextInt(3);
      boolean shareTopic = random.nextBoolean();
      RandomShop.Clock clock = new RandomShop.Clock();
      for (int i = 0; i < shards; i++) {
        SourceId source = new SourceId("shop" + i, "shop", "postgresql");
        List<SourcePartition> own = partitions(shareTopic ? "shop" : "shop" + i);
        shops.add(new RandomShop(topics, random, clock, source, own, i, shards));
      }
    }

    private List<SourcePartition> partitions(String prefix) {
      List<SourcePartition> own = new ArrayList<>();
      for (int i = 0; i < partitions; i++) {
        SourcePartition partition = new SourcePartition(prefix + ".public.item", i);
        topics.log.computeIfAbsent(partition, key -> new ArrayList<>());
        own.add(partition);
      }
      return own;
    }

    void upsert() {
      happen(false);
      Map<Object, List<Object>> expected = new TreeMap<>();
      for (RandomShop shop : shops) {
        shop.rows.forEach((id, row) -> expected.put(id, List.of(row)));
      }
      Map<Object, List<Object>> stored = new TreeMap<>();
      topics
          .rows()
          .forEach(row -> stored.put(row.get("id"), List.of(row.get("name"), row.get("body"))));
      assertNoDifference(expected, stored);
    }

    void log() {
      happen(true);
      Map<String, Integer> expected = new TreeMap<>();
      for (RandomShop shop : shops) {
        for (ChangeEvent event : shop.emitted) {
          if (event instanceof RowEvent row) {
            Object name = row.after() == null ? null : row.after()[1];
            String text = row.operation().code() + row.key().value(0) + name;
            expected.merge(text, 1, Integer::sum);
          } else if (event instanceof TruncateEvent) {
            expected.merge("tnullnull", 1, Integer::sum);
          }
        }
      }
      Map<String, Integer> stored = new TreeMap<>();
      Set<List<Object>> truncates = new HashSet<>();
      for (Map<String, Object> row :
          topics.warehouse.rows(History.TABLE, topics.tables().metadata())) {
        // A truncate may be there more than once, with the same position.
        if (!row.get("_cdc_op").equals("t")
            || truncates.add(
                Arrays.asList(
                    row.get("_cdc_epoch"), row.get("_cdc_commit_lsn"), row.get("_cdc_lsn")))) {
          stored.merge("" + row.get("_cdc_op") + row.get("id") + row.get("name"), 1, Integer::sum);
        }
      }
      assertNoDifference(expected, stored);
    }

    private static <K, V> void assertNoDifference(Map<K, V> expected, Map<K, V> stored) {
      Map<K, V> missing = new TreeMap<>(expected);
      stored.forEach(missing::remove);
      Map<K, V> surplus = new TreeMap<>(stored);
      expected.forEach(surplus::remove);
      assertEquals(Map.of(), missing, () -> "missing; in excess are " + surplus);
      assertEquals(Map.of(), surplus, "in excess");
    }

    private void happen(boolean isLog) {
      topics.warehouse.beforeCommit(commit -> failSometimes());
      topics.warehouse.afterCommit(commit -> failSometimes());
      for (int round = 0; round < 10; round++) {
        for (RandomShop shop : shops) {
          if (random.nextInt(4) == 0) {
            failOverOrReplace(shop, round);
          }
        }
        for (int i = random.nextInt(60); i >= 0; i--) {
          shops.get(random.nextInt(shops.size())).step(isLog);
        }
        readSome();
      }
      drain();
    }

    private void drain() {
      List<Consumer> tasks = tasks();
      tasks.forEach(Consumer::drain);
      tasks.forEach(Consumer::close);
    }

    private void failOverOrReplace(RandomShop shop, int round) {
      if (replaces && random.nextBoolean()) {
        drain();
        String prefix = "next" + round;
        shop.replaceBy(new SourceId(prefix, "shop", "postgresql"), partitions(prefix));
      } else {
        shop.failOver();
      }
    }

    /** Tasks with the partitions dealt anew read a part, and are killed or closed. */
    private void readSome() {
      Map<SourcePartition, Long> before = new HashMap<>(topics.group);
      List<Consumer> tasks = tasks();
      for (int i = random.nextInt(8); i >= 0; i--) {
        tasks.get(random.nextInt(tasks.size())).poll(1 + random.nextInt(30));
      }
      tasks.forEach(Consumer::close);
      if (random.nextInt(3) == 0) {
        topics.group.putAll(before);
      }
    }

    private List<Consumer> tasks() {
      Map<Integer, List<SourcePartition>> dealt = new HashMap<>();
      int count = 1 + random.nextInt(3);
      for (SourcePartition partition : topics.log.keySet()) {
        dealt.computeIfAbsent(random.nextInt(count), key -> new ArrayList<>()).add(partition);
      }
      ToLongFunction<RecordOffset> runs =
          at -> shops.stream().mapToLong(shop -> shop.runOf(at)).max().orElse(0);
      return dealt.values().stream()
          .map(held -> topics.task(held.toArray(SourcePartition[]::new)).withRuns(runs))
          .toList();
    }

    private void failSometimes() {
      synchronized (random) {
        // Each takes a pause before the next attempt.
        if (failures < 2 && random.nextInt(12) == 0) {
          failures++;
          throw new RetriableException("connection lost");
        }
      }
    }
  }
}
