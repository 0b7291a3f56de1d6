// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SourcePartition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * One source that feeds the table of {@link History} with the rows of its own, as it goes through
 * several clusters: random changes, each in the partition of its key, and what else may befall the
 * stream of its events.
 */
final class RandomShop {
  /** Rows as they are now: name and body by id. */
  final Map<Integer, Object[]> rows = new TreeMap<>();

  /** Every event, those that were emitted again not counted. */
  final List<ChangeEvent> emitted = new ArrayList<>();

  private final ItemTopics topics;
  private final Random random;
  private final Clock clock;
  private final int firstId;
  private final int idStep;
  private SourceId source;
  private List<SourcePartition> partitions;
  private long lsn = 50_000;
  private long commitLsn = lsn;
  private long run = 1;
  private final boolean tellsRuns;
  private final Map<SourcePartition, List<ChangeEvent>> ofThisHistory = new HashMap<>();
  private final Map<SourcePartition, Map<Long, Long>> runs = new HashMap<>();

  /** Time that all sources share, in microseconds. */
  static final class Clock {
    private long micros = 1_000_000;

    long next() {
      return ++micros;
    }
  }

  /**
   * @param firstId least id of its rows
   * @param idStep distance of its rows' ids
   */
  RandomShop(
      ItemTopics topics,
      Random random,
      Clock clock,
      SourceId source,
      List<SourcePartition> partitions,
      int firstId,
      int idStep) {
    this.topics = topics;
    this.random = random;
    this.clock = clock;
    this.source = source;
    this.partitions = partitions;
    this.firstId = firstId;
    this.idStep = idStep;
    this.tellsRuns = random.nextBoolean();
  }

  /** One transaction, or something else that happens now and then. */
  void step(boolean isLog) {
    switch (random.nextInt(24)) {
      case 0 -> emitAgain();
      case 1 -> copy();
      case 2 -> changeKey();
      case 3 -> {
        if (!isLog) {
          blockingSnapshot();
        }
      }
      case 4 -> {
        if (random.nextInt(6) == 0) {
          truncate();
        }
      }
      default -> change();
    }
  }

  private void change() {
    int id = randomId();
    commit();
    Object[] row = rows.get(id);
    if (row == null) {
      rows.put(id, new Object[] {"n" + lsn, "b" + lsn});
      emit(id, Operation.CREATE, cells(id), streamed());
    } else if (random.nextInt(4) == 0) {
      rows.remove(id);
      emit(id, Operation.DELETE, null, streamed());
    } else if (random.nextInt(3) == 0) {
      rows.put(id, new Object[] {"n" + lsn, "b" + lsn});
      emit(id, Operation.UPDATE, cells(id), streamed());
    } else {
      row[0] = "n" + lsn;
      emit(id, Operation.UPDATE, new Object[] {id, row[0], Cell.UNCHANGED}, streamed());
    }
  }

  /** Rows that share a position; the source may be restarted in between. */
  private void copy() {
    commit();
    SourcePosition at = streamed();
    int restart = random.nextInt(3) == 0 ? random.nextInt(10) : -1;
    for (int i = 0; i < 10; i++) {
      int id = firstId + idStep * (100 + (int) (lsn % 7) * 10 + i);
      Operation operation = rows.containsKey(id) ? Operation.UPDATE : Operation.CREATE;
      rows.put(id, new Object[] {"n" + lsn, "b" + lsn});
      emit(id, operation, cells(id), at);
      if (i == restart) {
        emitAgain();
      }
    }
  }

  private void changeKey() {
    int from = randomId();
    int to = randomId();
    if (!rows.containsKey(from) || rows.containsKey(to)) {
      return;
    }
    commit();
    rows.put(to, rows.remove(from));
    emit(from, Operation.DELETE, null, streamed());
    emit(to, Operation.CREATE, cells(to), streamed());
  }

  private void blockingSnapshot() {
    SourcePosition at = new SourcePosition(source, commitLsn, lsn, Snapshot.BLOCKING, clock.next());
    rows.keySet().forEach(id -> emit(id, Operation.READ, cells(id), at));
  }

  private void truncate() {
    rows.clear();
    commit();
    TruncateEvent event = new TruncateEvent(History.TABLE, streamed());
    emitted.add(event);
    add(partitions.get(0), event);
  }

  /** The task of the source starts anew, and repeats a suffix of what it has sent. */
  private void emitAgain() {
    run++;
    Map<ChangeEvent, Integer> order = new IdentityHashMap<>();
    for (int i = 0; i < emitted.size(); i++) {
      order.put(emitted.get(i), i);
    }
    int from = emitted.size() - random.nextInt(25);
    for (SourcePartition partition : partitions) {
      Set<ChangeEvent> again = Collections.newSetFromMap(new IdentityHashMap<>());
      again.addAll(ofThisHistory.getOrDefault(partition, List.of()));
      again.stream()
          .filter(event -> order.get(event) >= from)
          .sorted(Comparator.comparing(order::get))
          .forEach(event -> add(partition, event));
    }
  }

  /** The source goes on with lower LSNs, and has the same rows. */
  void failOver() {
    lsn = Math.max(10, random.nextInt((int) Math.min(lsn, 1_000_000)));
    commitLsn = lsn;
    ofThisHistory.clear();
    run++;
    // The partition of truncates sees it at once, the others when they have a change.
    commit();
    int id = firstId;
    while (!partition(id).equals(partitions.get(0))) {
      id += idStep;
    }
    Operation operation = rows.containsKey(id) ? Operation.UPDATE : Operation.CREATE;
    rows.put(id, new Object[] {"n" + lsn, "b" + lsn});
    emit(id, operation, cells(id), streamed());
  }

  /** Another connector, with topics of its own, takes the source's place. */
  void replaceBy(SourceId other, List<SourcePartition> others) {
    source = other;
    partitions = others;
    lsn = 10 + random.nextInt(100_000);
    commitLsn = lsn;
    ofThisHistory.clear();
  }

  /** Hash of the run that sent a record; 0 where it is not told. */
  long runOf(RecordOffset at) {
    return runs.getOrDefault(at.partition(), Map.of()).getOrDefault(at.offset(), 0L);
  }

  private int randomId() {
    return firstId + idStep * random.nextInt(20);
  }

  private Object[] cells(int id) {
    return new Object[] {id, rows.get(id)[0], rows.get(id)[1]};
  }

  private void commit() {
    commitLsn = lsn + 1;
    lsn += 10;
    clock.next();
  }

  private SourcePosition streamed() {
    return ItemTopics.at(source, commitLsn, lsn, clock.micros);
  }

  private SourcePartition partition(int id) {
    return partitions.get((id - firstId) / idStep % partitions.size());
  }

  private void emit(int id, Operation operation, Object[] after, SourcePosition at) {
    RowEvent event =
        new RowEvent(History.TABLE, History.SCHEMA, operation, RowKey.of(id), after, null, at);
    emitted.add(event);
    add(partition(id), event);
  }

  private void add(SourcePartition partition, ChangeEvent event) {
    topics.add(partition, event);
    long offset = topics.log.get(partition).size() - 1;
    if (tellsRuns) {
      runs.computeIfAbsent(partition, key -> new HashMap<>()).put(offset, run);
    }
    ofThisHistory.computeIfAbsent(partition, key -> new ArrayList<>()).add(event);
  }
}
