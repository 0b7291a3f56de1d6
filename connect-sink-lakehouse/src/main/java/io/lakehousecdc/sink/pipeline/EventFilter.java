// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.batch.DeleteMemory;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.pipeline.FilterDecision.Verdict;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.DroppedColumns;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides, event by event, what is applied. Used by the task thread only. */
final class EventFilter {
  private static final Logger LOG = LoggerFactory.getLogger(EventFilter.class);

  private final PipelineOptions options;
  private final SinkMetrics metrics;
  private final DeleteMemory deletes;
  private final Set<TableId> notFollowed = new HashSet<>();

  EventFilter(PipelineOptions options, SinkMetrics metrics) {
    this.options = options;
    this.metrics = metrics;
    PipelineOptions.RememberedDeletes remembered = options.rememberedDeletes();
    this.deletes = new DeleteMemory(remembered.entries(), remembered.age().toMillis());
  }

  /**
   * What became of an event.
   *
   * @param event event to apply, at {@code position}; both null where it is not applied
   */
  record Result(ChangeEvent event, Position position) {
    static final Result DROPPED = new Result(null, null);

    boolean isApplied() {
      return event != null;
    }
  }

  /**
   * Changes that have been taken in may come again. Remembered deletes, which hold for all
   * partitions, are forgotten where that matters: rows are to be stored before they are marked as
   * deleted.
   */
  void expectRowsAgain() {
    if (options.tables().deleteMode() == DeleteMode.SOFT) {
      deletes.clear();
    }
  }

  /** Decides about an event, and counts it as seen. */
  Result filter(PartitionTracker tracker, RecordOffset at, ChangeEvent event) {
    FilterDecision decision = tracker.progress().admit(at.offset(), event.sourcePosition());
    if (decision.verdict() == Verdict.REDELIVERED) {
      metrics.duplicate();
      return Result.DROPPED;
    }
    metrics.received(operationOf(event));
    RowKey deletedBefore = tracker.exchangeLastDeleted(keyOfDelete(event));
    if (event instanceof TombstoneEvent tombstone && tombstone.key().equals(deletedBefore)) {
      return Result.DROPPED;
    }
    return options.tables().writeMode() == WriteMode.APPEND
        ? filterForLog(tracker, at, event, decision)
        : filterForState(tracker, at, event, decision.position());
  }

  private Result filterForState(
      PartitionTracker tracker, RecordOffset at, ChangeEvent event, Position position) {
    if (event instanceof TruncateEvent) {
      return filterTruncate(at, event, position);
    }
    if (event instanceof TombstoneEvent tombstone) {
      requireKey(at, tombstone.table(), tombstone.key());
      return delete(dated(tombstone, tracker), tombstone.key(), position);
    }
    RowEvent row = (RowEvent) event;
    requireKey(at, row.table(), row.key());
    warnOfUnknownColumns(at, row);
    if (row.operation() == Operation.DELETE) {
      return delete(row, row.key(), position);
    }
    if (deletes.isDeletedAfter(
        row.table(), row.key(), position, row.sourcePosition().commitMicros())) {
      metrics.stale(1);
      return Result.DROPPED;
    }
    return new Result(row.formerKey() == null ? row : leaveFormerKey(row, position), position);
  }

  /** The old half of a changed key is a delete, and is treated as one. */
  private RowEvent leaveFormerKey(RowEvent row, Position position) {
    return delete(row, row.formerKey(), position).isApplied() ? row : keepingFormerRow(row);
  }

  private static RowEvent keepingFormerRow(RowEvent row) {
    return new RowEvent(
        row.table(),
        row.schema(),
        row.operation(),
        row.key(),
        row.after(),
        row.before(),
        row.sourcePosition());
  }

  private Result delete(ChangeEvent event, RowKey key, Position position) {
    if (options.tables().deleteMode() == DeleteMode.IGNORE) {
      metrics.ignoredDelete();
      return Result.DROPPED;
    }
    deletes.remember(
        event.table(), key, position, event.sourcePosition().commitMicros(), System.nanoTime());
    return new Result(event, position);
  }

  private Result filterForLog(
      PartitionTracker tracker, RecordOffset at, ChangeEvent event, FilterDecision decision) {
    Position position = decision.position();
    if (event instanceof TruncateEvent) {
      LOG.warn("{}: table {} was truncated; its change log stays", at, event.table());
      metrics.ignoredDelete();
      return Result.DROPPED;
    }
    boolean isDelete =
        event instanceof TombstoneEvent || ((RowEvent) event).operation() == Operation.DELETE;
    if (isDelete && options.tables().deleteMode() == DeleteMode.IGNORE) {
      metrics.ignoredDelete();
      return Result.DROPPED;
    }
    if (event instanceof TombstoneEvent tombstone) {
      return new Result(dated(tombstone, tracker), position);
    }
    RowEvent row = (RowEvent) event;
    boolean streamed =
        row.operation() != Operation.READ && row.sourcePosition().lsn() != SourcePosition.NONE;
    if (streamed) {
      ReplayDetector replays = tracker.replays();
      boolean repeated = replays.isRepeated(decision, row);
      tracker.progress().noteTies(replays.position(), replays.ties());
      if (repeated) {
        metrics.duplicate();
        return Result.DROPPED;
      }
    }
    return new Result(row, position);
  }

  private Result filterTruncate(RecordOffset at, ChangeEvent event, Position position) {
    return switch (options.truncateMode()) {
      case APPLY -> {
        if (options.tables().deleteMode() == DeleteMode.IGNORE) {
          metrics.ignoredDelete();
          yield Result.DROPPED;
        }
        yield new Result(event, position);
      }
      case IGNORE -> {
        LOG.warn("{}: truncate of {} ignored (truncate.mode=ignore)", at, event.table());
        metrics.ignoredDelete();
        yield Result.DROPPED;
      }
      case FAIL ->
          throw new FatalException(
              at
                  + ": table "
                  + event.table()
                  + " was truncated at the source and truncate.mode is fail. Set it to apply or"
                  + " ignore to go on.");
    };
  }

  private void warnOfUnknownColumns(RecordOffset at, RowEvent row) {
    if (options.tables().droppedColumns() != DroppedColumns.KEEP
        && row.operation() != Operation.DELETE
        && row.schema().sourceTable().isEmpty()
        && notFollowed.add(row.table())) {
      LOG.warn(
          "{}: rows of table {} do not tell which columns the source has (they are"
              + " flattened), so columns that it drops are kept. Send Debezium's"
              + " envelopes as they are for schema.dropped.columns.",
          at,
          row.table());
    }
  }

  private static void requireKey(RecordOffset at, TableId table, RowKey key) {
    if (key.size() == 0) {
      throw new FatalException(
          at
              + ": the records of table "
              + table
              + " have no key, so rows cannot be told apart in write.mode=upsert. Give the source"
              + " table a primary key, name its columns in key.columns, or use"
              + " write.mode=append.");
    }
  }

  /** A tombstone has no time of its own: it takes that of the last commit seen. */
  private static TombstoneEvent dated(TombstoneEvent tombstone, PartitionTracker tracker) {
    SourcePosition undated = tombstone.sourcePosition();
    return new TombstoneEvent(
        tombstone.table(),
        tombstone.schema(),
        tombstone.key(),
        new SourcePosition(
            undated.commitLsn(),
            undated.lsn(),
            undated.snapshot(),
            tracker.progress().latestCommitMicros()));
  }

  /** Key of the row that the event deletes; null where it is something else, as a tombstone is. */
  private static RowKey keyOfDelete(ChangeEvent event) {
    return event instanceof RowEvent row && row.operation() == Operation.DELETE ? row.key() : null;
  }

  private static Operation operationOf(ChangeEvent event) {
    if (event instanceof RowEvent row) {
      return row.operation();
    }
    return event instanceof TruncateEvent ? Operation.TRUNCATE : Operation.DELETE;
  }
}
