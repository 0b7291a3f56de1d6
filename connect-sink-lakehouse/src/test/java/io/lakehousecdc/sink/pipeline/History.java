// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A source table, its rows and the events that its changes leave in a topic. */
final class History {
  static final SourceId SOURCE = new SourceId("shop", "shop", "postgresql");
  static final TableId TABLE = new TableId("public", "item");
  static final RowSchema SCHEMA =
      new RowSchema(
          List.of(
              new Column("id", Primitive.INT32, false),
              new Column("name", Primitive.TEXT, true),
              new Column("body", Primitive.TEXT, true)),
          List.of(0));

  final Map<SourcePartition, List<ChangeEvent>> log =
      new TreeMap<>(java.util.Comparator.comparing(SourcePartition::partition));
  final Map<Integer, Object[]> rows = new TreeMap<>();
  private final List<SourcePartition> partitions = new ArrayList<>();
  private long lsn = 1_000;
  private long commitLsn = 900;
  private long micros = 1;

  History(int partitionCount) {
    for (int i = 0; i < partitionCount; i++) {
      SourcePartition partition = new SourcePartition("shop.public.item", i);
      partitions.add(partition);
      log.put(partition, new ArrayList<>());
    }
  }

  void insert(int id, String name, String body) {
    rows.put(id, new Object[] {id, name, body});
    emit(id, Operation.CREATE, rows.get(id).clone());
  }

  /** Changes the name; the body is an unchanged TOAST value. */
  void rename(int id, String name) {
    rows.get(id)[1] = name;
    emit(id, Operation.UPDATE, new Object[] {id, name, Cell.UNCHANGED});
  }

  /** Changes the body too. */
  void rewrite(int id, String name, String body) {
    rows.put(id, new Object[] {id, name, body});
    emit(id, Operation.UPDATE, rows.get(id).clone());
  }

  void delete(int id) {
    rows.remove(id);
    emit(id, Operation.DELETE, null);
  }

  /** A delete and a create that share their position. */
  void changeKey(int from, int to) {
    Object[] row = rows.remove(from);
    row[0] = to;
    rows.put(to, row);
    next();
    add(from, Operation.DELETE, null, streamed());
    add(to, Operation.CREATE, row.clone(), streamed());
  }

  void truncate(int partition) {
    rows.clear();
    next();
    log.get(partitions.get(partition)).add(new TruncateEvent(TABLE, streamed()));
  }

  /** A snapshot of the rows as they are, each in the partition of its key. */
  void snapshot() {
    next();
    int left = rows.size();
    for (Object[] row : rows.values()) {
      left--;
      Snapshot kind = left == 0 ? Snapshot.INITIAL_LAST : Snapshot.INITIAL;
      SourcePosition sourcePosition =
          new SourcePosition(SOURCE, SourcePosition.NONE, lsn, kind, micros);
      add((int) row[0], Operation.READ, row.clone(), sourcePosition);
    }
  }

  /** The source moves to a cluster with lower LSNs. */
  void switchCluster() {
    lsn = 10;
    commitLsn = 5;
  }

  /** The source emits the last events of a partition again. */
  void emitAgain(int partition, int count) {
    List<ChangeEvent> events = log.get(partitions.get(partition));
    events.addAll(List.copyOf(events.subList(Math.max(0, events.size() - count), events.size())));
  }

  /** Whether the source had emitted the record before. */
  boolean isRepeated(RecordOffset at) {
    List<ChangeEvent> events = log.get(at.partition());
    ChangeEvent event = events.get((int) at.offset());
    return events.subList(0, (int) at.offset()).stream().anyMatch(earlier -> earlier == event);
  }

  /** Asserts that the warehouse has the rows of the source as they are now, and no others. */
  void assertStoredIn(MemoryWarehouse warehouse) {
    Map<Object, List<Object>> stored = new TreeMap<>();
    for (Map<String, Object> row : warehouse.rows(TABLE, MetadataColumns.DEFAULT)) {
      stored.put(row.get("id"), Arrays.asList(row.get("name"), row.get("body")));
    }
    Map<Object, List<Object>> expected = new TreeMap<>();
    rows.forEach((id, row) -> expected.put(id, Arrays.asList(row[1], row[2])));
    assertEquals(expected, stored);
  }

  /** One random change. */
  void step(Random random) {
    int id = random.nextInt(30);
    if (!rows.containsKey(id)) {
      insert(id, "n" + random.nextInt(1000), "b" + random.nextInt(1000));
    } else if (random.nextInt(4) == 0) {
      delete(id);
    } else if (random.nextInt(3) == 0) {
      rewrite(id, "n" + random.nextInt(1000), "b" + random.nextInt(1000));
    } else {
      rename(id, "n" + random.nextInt(1000));
    }
  }

  private void emit(int id, Operation operation, Object[] after) {
    next();
    add(id, operation, after, streamed());
  }

  private void add(int id, Operation operation, Object[] after, SourcePosition sourcePosition) {
    log.get(partitions.get(id % partitions.size()))
        .add(new RowEvent(TABLE, SCHEMA, operation, RowKey.of(id), after, null, sourcePosition));
  }

  private void next() {
    commitLsn = lsn + 1;
    lsn += 10;
    micros += 10;
  }

  private SourcePosition streamed() {
    return new SourcePosition(SOURCE, commitLsn, lsn, Snapshot.NO, micros);
  }
}
