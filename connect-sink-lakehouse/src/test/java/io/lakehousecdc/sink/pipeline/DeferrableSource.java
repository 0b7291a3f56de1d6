// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SourcePartition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A source table whose key is deferrable, and what Debezium emits of its transactions: a statement
 * changes rows one by one in their physical order, and a changed key is a delete of the old key, a
 * tombstone and a create of the new one. Each statement leaves the keys unique.
 */
final class DeferrableSource {
  final Map<SourcePartition, List<ChangeEvent>> log =
      new TreeMap<>(java.util.Comparator.comparing(SourcePartition::partition));
  private final List<SourcePartition> partitions = new ArrayList<>();
  private final List<Object[]> rows = new ArrayList<>();
  private final Random random;
  private final Object movedBody;
  private long lsn = 1_000;
  private long commitLsn = 900;
  private long micros = 1;
  private boolean tombstones = true;
  private int names;

  /**
   * @param movedBody what the create of a changed key shows of the body: {@link Cell#UNCHANGED} for
   *     an out-of-line value, or null for the value itself
   */
  DeferrableSource(int partitionCount, Random random, Object movedBody) {
    this.random = random;
    this.movedBody = movedBody;
    for (int i = 0; i < partitionCount; i++) {
      SourcePartition partition = new SourcePartition("shop.public.item", i);
      partitions.add(partition);
      log.put(partition, new ArrayList<>());
    }
  }

  /** The same under {@code tombstones.on.delete=false}. */
  DeferrableSource withoutTombstones() {
    tombstones = false;
    return this;
  }

  /** Rows by key. */
  Map<Object, List<Object>> rows() {
    Map<Object, List<Object>> byKey = new TreeMap<>();
    rows.forEach(row -> byKey.put(row[0], java.util.Arrays.asList(row[1], row[2])));
    return byKey;
  }

  /** A transaction of a few random statements. */
  void transaction(int statements) {
    commitLsn = lsn + 1;
    lsn += 10;
    micros += 10;
    for (int i = 0; i < statements; i++) {
      switch (random.nextInt(7)) {
        case 0 -> shift(1);
        case 1 -> shift(-1);
        case 2 -> swap();
        case 3 -> rename();
        case 4 -> delete(random.nextInt(12));
        default -> insert(random.nextInt(12));
      }
    }
  }

  /** The source emits the last events of every partition again, as after a crash. */
  void emitAgain(int most) {
    for (List<ChangeEvent> events : log.values()) {
      int count = Math.min(events.size(), random.nextInt(most + 1));
      events.addAll(List.copyOf(events.subList(events.size() - count, events.size())));
    }
  }

  /** Whether the source had emitted the record before. */
  boolean isRepeated(RecordOffset at) {
    List<ChangeEvent> events = log.get(at.partition());
    ChangeEvent event = events.get((int) at.offset());
    return events.subList(0, (int) at.offset()).stream().anyMatch(earlier -> earlier == event);
  }

  private void shift(int by) {
    int from = random.nextInt(12);
    List<Object[]> shifted = rows.stream().filter(row -> (int) row[0] >= from).toList();
    boolean collides =
        rows.stream()
            .anyMatch(
                row ->
                    !shifted.contains(row)
                        && shifted.stream().anyMatch(other -> (int) other[0] + by == (int) row[0]));
    if (!collides) {
      shifted.forEach(row -> move(row, (int) row[0] + by));
    }
  }

  private void swap() {
    if (rows.size() > 1) {
      Object[] first = rows.get(0);
      Object[] second = rows.get(1);
      int key = (int) first[0];
      move(first, (int) second[0]);
      move(second, key);
    }
  }

  private void move(Object[] row, int to) {
    int from = (int) row[0];
    row[0] = to;
    next();
    add(from, Operation.DELETE, null);
    addTombstone(from);
    Object[] after = row.clone();
    after[2] = movedBody == null ? row[2] : movedBody;
    add(to, Operation.CREATE, after);
  }

  private void rename() {
    if (!rows.isEmpty()) {
      Object[] row = rows.get(random.nextInt(rows.size()));
      row[1] = "n" + names++;
      next();
      add((int) row[0], Operation.UPDATE, new Object[] {row[0], row[1], Cell.UNCHANGED});
      Collections.shuffle(rows, random);
    }
  }

  private void insert(int key) {
    if (rows.stream().noneMatch(row -> (int) row[0] == key)) {
      Object[] row = {key, "n" + names++, "b" + names};
      rows.add(row);
      next();
      add(key, Operation.CREATE, row.clone());
    }
  }

  private void delete(int key) {
    if (rows.removeIf(row -> (int) row[0] == key)) {
      next();
      add(key, Operation.DELETE, null);
      addTombstone(key);
    }
  }

  private void next() {
    lsn += 10;
  }

  private void add(int key, Operation operation, Object[] after) {
    SourcePosition sourcePosition =
        new SourcePosition(History.SOURCE, commitLsn, lsn, Snapshot.NO, micros);
    partition(key)
        .add(
            new RowEvent(
                History.TABLE,
                History.SCHEMA,
                operation,
                RowKey.of(key),
                after,
                null,
                sourcePosition));
  }

  private List<ChangeEvent> partition(int key) {
    return log.get(partitions.get(Math.floorMod(key, partitions.size())));
  }

  private void addTombstone(int key) {
    if (tombstones) {
      partition(key)
          .add(
              new TombstoneEvent(
                  History.TABLE, History.SCHEMA, RowKey.of(key), SourcePosition.UNKNOWN));
    }
  }
}
