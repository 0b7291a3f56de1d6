// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.EpochPolicy;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.DroppedColumns;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Partitions with events of the table of {@link History}, each at a place of the test's choice, and
 * the warehouse that tasks write them to.
 */
final class ItemTopics {
  final MemoryWarehouse warehouse = new MemoryWarehouse();
  final Map<SourcePartition, Long> group = new HashMap<>();
  final Map<SourcePartition, List<ChangeEvent>> log =
      new TreeMap<>(
          Comparator.comparing(SourcePartition::topic).thenComparing(SourcePartition::partition));

  private WriteMode writeMode = WriteMode.UPSERT;
  private DeleteMode deleteMode = DeleteMode.HARD;
  private SourceRelation relation = SourceRelation.AUTO;
  private Sweep.Mode sweep = Sweep.Mode.REPORT;
  private EpochPolicy epochs = EpochPolicy.AUTOMATIC;
  private int batch = 50;

  ItemTopics(SourcePartition... partitions) {
    for (SourcePartition partition : partitions) {
      log.put(partition, new ArrayList<>());
    }
  }

  ItemTopics append() {
    writeMode = WriteMode.APPEND;
    return this;
  }

  ItemTopics deletes(DeleteMode mode) {
    deleteMode = mode;
    return this;
  }

  ItemTopics relation(SourceRelation value) {
    relation = value;
    return this;
  }

  ItemTopics sweep(Sweep.Mode mode) {
    sweep = mode;
    return this;
  }

  ItemTopics epochs(EpochPolicy value) {
    epochs = value;
    return this;
  }

  ItemTopics batchesOf(int records) {
    batch = records;
    return this;
  }

  /** Adds a change; the row of {@code id} has the name after it. */
  ItemTopics add(
      SourcePartition partition, Operation operation, int id, String name, SourcePosition at) {
    Object[] after = operation == Operation.DELETE ? null : new Object[] {id, name, "body"};
    return add(partition, operation, id, after, at);
  }

  /** Adds a change with its cells, or null for a delete. */
  ItemTopics add(
      SourcePartition partition, Operation operation, int id, Object[] after, SourcePosition at) {
    return add(
        partition,
        new RowEvent(History.TABLE, History.SCHEMA, operation, RowKey.of(id), after, null, at));
  }

  ItemTopics truncate(SourcePartition partition, SourcePosition at) {
    return add(partition, new TruncateEvent(History.TABLE, at));
  }

  ItemTopics tombstone(SourcePartition partition, int id) {
    return add(
        partition,
        new TombstoneEvent(History.TABLE, History.SCHEMA, RowKey.of(id), SourcePosition.UNKNOWN));
  }

  ItemTopics add(SourcePartition partition, ChangeEvent event) {
    log.computeIfAbsent(partition, key -> new ArrayList<>()).add(event);
    return this;
  }

  /** A place in the stream of a source. */
  static SourcePosition at(SourceId source, long commitLsn, long lsn, long micros) {
    return new SourcePosition(source, commitLsn, lsn, Snapshot.NO, micros);
  }

  /** A place in an initial snapshot of a source. */
  static SourcePosition initial(SourceId source, long lsn, Snapshot kind, long micros) {
    return new SourcePosition(source, SourcePosition.NONE, lsn, kind, micros);
  }

  TableOptions tables() {
    return new TableOptions(
        writeMode,
        deleteMode,
        Evolution.ADDITIVE,
        DroppedColumns.KEEP,
        MetadataColumns.DEFAULT,
        Optional.empty(),
        relation);
  }

  PipelineOptions options() {
    return TestOptions.options()
        .tables(tables())
        .epochs(epochs)
        .sweep(sweep)
        .flushRecords(batch)
        .build();
  }

  Target target() {
    return new InMemoryTarget(warehouse, tables(), new TargetContext("shop", 0));
  }

  /** A task that holds all partitions. */
  Consumer task() {
    return task(target());
  }

  Consumer task(Target target) {
    return new Consumer(log, group, target, options());
  }

  /** A task that holds some of the partitions. */
  Consumer task(SourcePartition... partitions) {
    Map<SourcePartition, List<ChangeEvent>> held = new HashMap<>();
    for (SourcePartition partition : partitions) {
      held.put(partition, log.get(partition));
    }
    return new Consumer(held, group, target(), options());
  }

  /** Has a task read everything; it may reject nothing. */
  void drain() {
    try (Consumer task = task()) {
      task.drain();
    }
  }

  /** Rows that are not marked as deleted. */
  List<Map<String, Object>> rows() {
    return warehouse.rows(History.TABLE, MetadataColumns.DEFAULT).stream()
        .filter(row -> !Boolean.TRUE.equals(row.get("_cdc_deleted")))
        .toList();
  }

  /** Their ids and names. */
  Map<Object, Object> names() {
    Map<Object, Object> names = new TreeMap<>();
    rows().forEach(row -> names.put(row.get("id"), row.get("name")));
    return names;
  }

  TreeSet<Object> ids() {
    return new TreeSet<>(names().keySet());
  }
}
