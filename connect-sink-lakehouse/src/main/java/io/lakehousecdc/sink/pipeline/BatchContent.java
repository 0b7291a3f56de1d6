// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.batch.AppendBatchBuilder;
import io.lakehousecdc.sink.batch.BatchBuilder;
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
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Events folded table by table, and the events themselves. Not thread-safe. */
final class BatchContent {
  private final WriteMode mode;
  private final Map<TableId, BatchBuilder> folds = new LinkedHashMap<>();
  private final Map<TableId, Set<SourcePartition>> contributors = new HashMap<>();
  private final Map<TableId, Sweeps.Due> sweeps = new HashMap<>();
  private final Transactions transactions = new Transactions();
  private final List<Entry> entries = new ArrayList<>();

  BatchContent(WriteMode mode) {
    this.mode = mode;
  }

  /** Folds the given entries anew. */
  static BatchContent of(WriteMode mode, Collection<Entry> entries, Collection<Sweeps.Due> sweeps) {
    BatchContent content = new BatchContent(mode);
    entries.forEach(content::add);
    sweeps.forEach(content::sweep);
    return content;
  }

  /** Whether the event can join; if not, the batch has to be cut before it. */
  boolean accepts(ChangeEvent event) {
    BatchBuilder fold = folds.get(event.table());
    RowSchema schema = schemaOf(event);
    return fold == null || schema == null || fold.accepts(schema);
  }

  void add(Entry entry) {
    entries.add(entry);
    ChangeEvent event = entry.event();
    contributors
        .computeIfAbsent(event.table(), table -> new HashSet<>())
        .add(entry.at().partition());
    BatchBuilder fold = fold(event.table());
    if (event instanceof RowEvent row) {
      ChangeInfo info =
          new ChangeInfo(row.operation(), entry.position(), row.sourcePosition().commitMicros());
      TransactionVisibility coverage = transactions.coverage(entry);
      if (row.operation() == Operation.DELETE) {
        fold.delete(row.schema(), row.key(), row.before(), info, coverage);
      } else if (row.formerKey() == null || mode == WriteMode.APPEND) {
        fold.upsert(row.schema(), row.key(), row.after(), info, coverage);
      } else {
        move(fold, row, info, coverage);
      }
    } else if (event instanceof TombstoneEvent tombstone) {
      ChangeInfo info =
          new ChangeInfo(
              Operation.DELETE, entry.position(), tombstone.sourcePosition().commitMicros());
      fold.delete(tombstone.schema(), tombstone.key(), null, info, TransactionVisibility.NONE);
    } else if (event instanceof TruncateEvent) {
      fold.truncate(entry.position());
    }
  }

  /** A changed key is a delete of the old one and a create of the new one, as for record keys. */
  private void move(
      BatchBuilder fold, RowEvent row, ChangeInfo info, TransactionVisibility coverage) {
    ChangeInfo deleted = info.as(Operation.DELETE);
    fold.delete(row.schema(), row.formerKey(), row.before(), deleted, coverage);
    fold.upsert(row.schema(), row.key(), row.after(), info.as(Operation.CREATE), coverage);
  }

  void sweep(Sweeps.Due due) {
    sweeps.put(due.table(), due);
    fold(due.table()).sweep(due.sweep());
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

  /** Changes that a newer change of the same batch made void. */
  long stale() {
    return folds.values().stream().mapToLong(BatchBuilder::stale).sum();
  }

  List<TableBatch> batches() {
    return folds.values().stream().map(BatchBuilder::build).toList();
  }

  private BatchBuilder fold(TableId table) {
    return folds.computeIfAbsent(
        table,
        id -> mode == WriteMode.APPEND ? new AppendBatchBuilder(id) : new UpsertBatchBuilder(id));
  }

  private static RowSchema schemaOf(ChangeEvent event) {
    if (event instanceof RowEvent row) {
      return row.schema();
    }
    return event instanceof TombstoneEvent tombstone ? tombstone.schema() : null;
  }
}
