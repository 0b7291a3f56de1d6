// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.SourcePosition.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Test of rows that are kept by position, over many random lives of a source: clusters one after
 * the other whose LSNs start over, suffixes that are emitted again, three partitions that two tasks
 * read with random lag, tasks that are started anew from what was committed, and keys that move to
 * other partitions once these are read to their ends. Each key must end at its last change.
 */
class RandomHistoriesTest {
  private static final int SEEDS = 500;
  private static final int PARTITIONS = 3;
  private static final int KEYS = 12;

  private record Event(SourcePosition at, int key, int version) {}

  private record Row(Position at, int version) {}

  @Test
  void lastChangeOfEachKeyWins() {
    int histories = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      Source shop = new Source(random, new SourceId("shop", "shop", "postgresql"), 0);
      Source shard = new Source(random, new SourceId("shard", "shop", "postgresql"), 100);
      List<Event> topic = merged(random, shop.live(), shard.live());
      int moved = random.nextInt(topic.size());
      Target target = new Target();
      List<Task> tasks = List.of(new Task(target), new Task(target));
      List<List<Event>> partitions =
          List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      topic.subList(0, moved).forEach(event -> partitions.get(partition(event.key())).add(event));
      readAll(random, partitions, target, tasks);
      topic
          .subList(moved, topic.size())
          .forEach(event -> partitions.get(partition(event.key() + 1)).add(event));
      readAll(random, partitions, target, tasks);
      Map<Integer, Integer> expected = new TreeMap<>(shop.rows);
      expected.putAll(shard.rows);
      Map<Integer, Integer> actual = new TreeMap<>();
      target.rows.forEach((key, row) -> actual.put(key, row.version()));
      assertEquals(expected, actual, "seed " + seed + ": " + target.histories);
      histories += target.histories.all().size();
    }
    assertTrue(histories > 4 * SEEDS, "the sources must move: " + histories);
  }

  private static void readAll(
      Random random, List<List<Event>> partitions, Target target, List<Task> tasks) {
    while (target.lag(partitions) > 0) {
      int partition = random.nextInt(PARTITIONS);
      Task task = tasks.get(partition % tasks.size());
      task.read(partition, partitions.get(partition), 1 + random.nextInt(8));
      if (random.nextInt(3) == 0) {
        task.commit();
      } else if (random.nextInt(20) == 0) {
        task.restart();
      }
    }
  }

  /** Few keys are in partition 0, so that it is quiet. */
  private static int partition(int key) {
    return key % KEYS == 0 ? 0 : 1 + key % (PARTITIONS - 1);
  }

  /** Interleaves two sources; each keeps its order. */
  private static List<Event> merged(Random random, List<Event> one, List<Event> other) {
    List<Event> merged = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < one.size() || j < other.size()) {
      boolean first = i < one.size() && (j == other.size() || random.nextBoolean());
      merged.add(first ? one.get(i++) : other.get(j++));
    }
    return merged;
  }

  /** A source that moves from cluster to cluster. */
  private static final class Source {
    private final Random random;
    private final SourceId id;
    private final int firstKey;
    private final Map<Integer, Integer> rows = new HashMap<>();
    private long micros = 1_000_000;
    private int version;

    Source(Random random, SourceId id, int firstKey) {
      this.random = random;
      this.id = id;
      this.firstKey = firstKey;
    }

    List<Event> live() {
      List<Event> topic = new ArrayList<>();
      for (int cluster = 0; cluster < 4; cluster++) {
        List<Event> changes = cluster(1_000 + random.nextInt(50_000));
        int next = 0;
        while (next < changes.size()) {
          topic.add(changes.get(next++));
          if (random.nextInt(15) == 0) {
            next = Math.max(0, next - 1 - random.nextInt(12));
          }
        }
      }
      return topic;
    }

    private List<Event> cluster(long start) {
      List<Event> changes = new ArrayList<>();
      long commitLsn = SourcePosition.NONE;
      long end = start;
      if (random.nextBoolean()) {
        micros += 10;
        for (int key = firstKey; key < firstKey + KEYS; key++) {
          changes.add(change(SourcePosition.NONE, start, Snapshot.INITIAL, key));
        }
      }
      for (int transaction = 0; transaction < 25; transaction++) {
        micros += 1 + random.nextInt(5);
        // One that began before others committed has lower LSNs than theirs.
        long lsn = end + 1 - (commitLsn > 0 ? random.nextInt(200) : 0);
        for (int statement = random.nextInt(4); statement >= 0; statement--) {
          int key = firstKey + random.nextInt(KEYS);
          changes.add(change(commitLsn, lsn, Snapshot.NO, key));
          lsn += 1 + random.nextInt(30);
        }
        end = Math.max(end, lsn) + 50;
        commitLsn = end;
      }
      return changes;
    }

    private Event change(long commitLsn, long lsn, Snapshot snapshot, int key) {
      rows.put(key, ++version);
      return new Event(new SourcePosition(id, commitLsn, lsn, snapshot, micros), key, version);
    }
  }

  /** What is committed. */
  private static final class Target {
    private Histories histories = Histories.NONE;
    private final Map<Integer, Row> rows = new HashMap<>();
    private final Map<Integer, Integer> offsets = new HashMap<>();
    private final Map<Integer, Map<SourceId, StreamState>> streams = new HashMap<>();

    int lag(List<List<Event>> partitions) {
      int lag = 0;
      for (int partition = 0; partition < PARTITIONS; partition++) {
        lag += partitions.get(partition).size() - offsets.getOrDefault(partition, 0);
      }
      return lag;
    }
  }

  /** Reads partitions, and commits what it has read unless it knows less than is stored. */
  private static final class Task {
    private final Target target;
    private final Map<Integer, Row> buffered = new HashMap<>();
    private final Map<Integer, Integer> offsets = new HashMap<>();
    private final Map<Integer, Map<SourceId, SourceStream>> streams = new HashMap<>();
    private HistoryBook book;

    Task(Target target) {
      this.target = target;
      restart();
    }

    void restart() {
      buffered.clear();
      offsets.clear();
      streams.clear();
      book = new HistoryBook(EpochPolicy.AUTOMATIC);
      book.learn(target.histories);
    }

    void read(int partition, List<Event> events, int count) {
      int offset = offsets.getOrDefault(partition, target.offsets.getOrDefault(partition, 0));
      int end = Math.min(events.size(), offset + count);
      for (; offset < end; offset++) {
        Event event = events.get(offset);
        Position position = stream(partition, event.at()).place(event.at()).position();
        Row row = new Row(position, event.version());
        buffered.merge(
            event.key(), row, (last, next) -> next.at().isBelow(last.at()) ? last : next);
      }
      offsets.put(partition, offset);
    }

    private SourceStream stream(int partition, SourcePosition first) {
      Map<SourceId, SourceStream> own =
          streams.computeIfAbsent(
              partition,
              p -> {
                Map<SourceId, SourceStream> resumed = new HashMap<>();
                target
                    .streams
                    .getOrDefault(p, Map.of())
                    .forEach(
                        (id, state) -> resumed.put(id, SourceStream.resuming(id, book, state)));
                return resumed;
              });
      return own.computeIfAbsent(first.source(), id -> SourceStream.beginning(id, book, first));
    }

    void commit() {
      if (!book.known().include(target.histories)) {
        restart();
        return;
      }
      target.histories = book.known();
      buffered.forEach(
          (key, row) ->
              target.rows.merge(
                  key, row, (last, next) -> next.at().isBelow(last.at()) ? last : next));
      target.offsets.putAll(offsets);
      streams.forEach(
          (partition, own) -> {
            Map<SourceId, StreamState> states = new HashMap<>();
            own.forEach((id, stream) -> states.put(id, stream.state()));
            target.streams.put(partition, states);
          });
      buffered.clear();
    }
  }
}
