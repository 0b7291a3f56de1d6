// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.AppendBatchBuilder;
import io.lakehousecdc.sink.batch.BatchBuilder;
import io.lakehousecdc.sink.batch.HistoryBatchBuilder;
import io.lakehousecdc.sink.batch.Skips;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.batch.UpsertBatchBuilder;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.UnchangedColumn;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The events of a batch, and what they come to table by table. Not thread-safe. */
final class BatchContent {
  private final TableOptions options;

  /** Of append mode; null in other modes. */
  private final LogRows log;

  private final Map<TableId, BatchBuilder> builders = new LinkedHashMap<>();
  private final Map<TableId, Set<SourcePartition>> contributors = new HashMap<>();
  private final Map<TableId, Sweeps.Due> sweeps = new HashMap<>();
  private final VisibleTransactions transactions = new VisibleTransactions();
  private final List<Entry> entries = new ArrayList<>();

  /** Of the last event: the next one is likely to come from the same partition. */
  private TableId lastTable;

  private SourcePartition lastFrom;
  private BatchBuilder lastBuilder;

  BatchContent(TableOptions options) {
    this.options = options;
    this.log = options.writeMode() == WriteMode.APPEND ? new LogRows(options.metadata()) : null;
  }

  /** A content of the given entries, combined anew. */
  static BatchContent of(
      TableOptions options, Collection<Entry> entries, Collection<Sweeps.Due> sweeps) {
    BatchContent content = new BatchContent(options);
    entries.forEach(content::add);
    sweeps.forEach(content::sweep);
    return content;
  }

  /**
   * The same events with the floors that they make by the histories that are known now. A source
   * that comes to light after a truncate of its successor, in the same batch, is below it.
   */
  BatchContent under(Histories histories) {
    boolean isCurrent =
        entries.stream().allMatch(entry -> under(histories, entry).equals(entry))
            && sweeps.values().stream().allMatch(due -> under(histories, due).equals(due));
    return isCurrent
        ? this
        : of(
            options,
            entries.stream().map(entry -> under(histories, entry)).toList(),
            sweeps.values().stream().map(due -> under(histories, due)).toList());
  }

  private Entry under(Histories histories, Entry entry) {
    return entry.floor() == null ? entry : entry.withFloor(under(histories, entry.floor()));
  }

  private Sweeps.Due under(Histories histories, Sweeps.Due due) {
    Sweep sweep = due.sweep();
    Floor floor = under(histories, sweep.floor());
    return new Sweeps.Due(
        due.table(), new Sweep(sweep.topic(), floor, sweep.mode()), due.partitions());
  }

  private Floor under(Histories histories, Floor floor) {
    return histories.floor(floor.at(), floor.cause(), options.relation()).atTime(floor.atMicros());
  }

  /** The events and sweeps of some topics, combined anew. */
  BatchContent of(Predicate<String> topics) {
    return of(
        options,
        entries.stream().filter(entry -> topics.test(entry.at().partition().topic())).toList(),
        sweeps.values().stream().filter(due -> topics.test(due.sweep().topic())).toList());
  }

  /** Whether there are neither events nor sweeps. */
  boolean isEmpty() {
    return entries.isEmpty() && sweeps.isEmpty();
  }

  /** Whether the event can join; if not, the batch has to be cut before it. */
  boolean accepts(ChangeEvent event) {
    BatchBuilder builder = builders.get(event.table());
    RowSchema schema = schemaOf(event);
    return builder == null || schema == null || builder.accepts(schema);
  }

  /** The sweep of a table that was requested; null where none was. */
  Sweep sweepOf(TableId table) {
    Sweeps.Due due = sweeps.get(table);
    return due == null ? null : due.sweep();
  }

  /** Whether a request for a sweep can join: one of the same table and other rows cannot. */
  boolean accepts(Sweeps.Due due) {
    Sweep other = sweepOf(due.table());
    return other == null
        || other.topic().equals(due.sweep().topic())
            && other.below().epoch() == due.sweep().below().epoch();
  }

  void add(Entry entry) {
    entries.add(entry);
    ChangeEvent event = entry.event();
    BatchBuilder builder = builder(event.table(), entry.at().partition());
    if (event instanceof RowEvent row) {
      ChangeInfo info =
          new ChangeInfo(
              row.operation(),
              entry.position(),
              row.sourcePosition().commitMicros(),
              entry.delivery());
      TransactionVisibility visibility = transactions.add(entry);
      if (log != null) {
        log.add(builder, row, info, visibility);
      } else if (row.operation() == Operation.DELETE && options.deleteMode() == DeleteMode.IGNORE) {
        builder.leave(row.schema(), row.key(), row.before(), info);
      } else if (row.operation() == Operation.DELETE) {
        builder.delete(row.schema(), row.key(), row.before(), info, visibility);
      } else if (row.formerKey() == null) {
        builder.upsert(row.schema(), row.key(), row.after(), info, visibility);
      } else {
        move(builder, row, info, visibility);
      }
    } else if (event instanceof TombstoneEvent tombstone) {
      ChangeInfo info =
          new ChangeInfo(
              Operation.DELETE,
              entry.position(),
              tombstone.sourcePosition().commitMicros(),
              entry.delivery());
      if (log != null) {
        log.add(builder, tombstone, info);
      } else {
        builder.delete(tombstone.schema(), tombstone.key(), null, info, TransactionVisibility.NONE);
      }
    } else if (event instanceof TruncateEvent truncate) {
      if (log != null) {
        log.add(builder, truncate, truncateInfo(entry));
      } else {
        builder.truncate(entry.floor());
      }
    }
  }

  private static ChangeInfo truncateInfo(Entry entry) {
    return new ChangeInfo(
        Operation.TRUNCATE,
        entry.position(),
        entry.event().sourcePosition().commitMicros(),
        entry.delivery());
  }

  /** A changed key is a delete of the old one and a create of the new one, as for record keys. */
  private void move(
      BatchBuilder builder, RowEvent row, ChangeInfo info, TransactionVisibility visibility) {
    ChangeInfo deleted = info.as(Operation.DELETE);
    builder.delete(row.schema(), row.formerKey(), row.before(), deleted, visibility);
    builder.upsert(row.schema(), row.key(), row.after(), info.as(Operation.CREATE), visibility);
  }

  void sweep(Sweeps.Due due) {
    sweeps.put(due.table(), due);
    builder(due.table()).sweep(due.sweep());
    contributors.computeIfAbsent(due.table(), table -> new HashSet<>()).addAll(due.partitions());
  }

  List<Entry> entries() {
    return entries;
  }

  /** Requests for sweeps, at most one for each table. */
  Collection<Sweeps.Due> sweeps() {
    return sweeps.values();
  }

  Map<TableId, Set<SourcePartition>> contributors() {
    return contributors;
  }

  /** Changes that others of the same batch made void. */
  Skips skips() {
    return builders.values().stream().map(BatchBuilder::skips).reduce(Skips.NONE, Skips::plus);
  }

  /** The same by table; tables without any are left out. Not shared. */
  Map<TableId, Skips> skipsByTable() {
    Map<TableId, Skips> skips = new HashMap<>();
    builders.forEach(
        (table, builder) -> {
          if (builder.skips().total() > 0) {
            skips.put(table, builder.skips());
          }
        });
    return skips;
  }

  List<TableBatch> batches() {
    return builders.values().stream().map(BatchBuilder::build).map(this::completed).toList();
  }

  private TableBatch completed(TableBatch batch) {
    return log != null
        ? options
            .metadata()
            .unchanged()
            .map(UnchangedColumn::new)
            .map(column -> column.addTo(batch))
            .orElse(batch)
        : batch;
  }

  /** The builder of an event's table, to which the partition contributes. */
  private BatchBuilder builder(TableId table, SourcePartition from) {
    if (table != lastTable || from != lastFrom) {
      contributors.computeIfAbsent(table, id -> new HashSet<>()).add(from);
      lastBuilder = builder(table);
      lastTable = table;
      lastFrom = from;
    }
    return lastBuilder;
  }

  private BatchBuilder builder(TableId table) {
    return builders.computeIfAbsent(
        table,
        id ->
            switch (options.writeMode()) {
              case UPSERT -> new UpsertBatchBuilder(id);
              case APPEND -> new AppendBatchBuilder(id);
              case HISTORY -> new HistoryBatchBuilder(id);
            });
  }

  /** Schema of the rows that the event becomes; null where it becomes none. */
  private RowSchema schemaOf(ChangeEvent event) {
    if (event instanceof TruncateEvent) {
      return log == null ? null : log.schemaOfTruncate(event.table());
    }
    RowSchema schema =
        event instanceof RowEvent row ? row.schema() : ((TombstoneEvent) event).schema();
    return log == null ? schema : log.schema(event.table(), schema);
  }
}
