// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.HistoryBook;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.batch.DeleteMemory;
import io.lakehousecdc.sink.batch.DeleteMemory.Deletion;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.pipeline.FilterDecision.Verdict;
import io.lakehousecdc.sink.pipeline.OfferedRecord.Change;
import io.lakehousecdc.sink.pipeline.OfferedRecord.Origin;
import io.lakehousecdc.sink.pipeline.PipelineOptions.TruncateMode;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.DroppedColumns;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides, event by event, what is applied. Used by the task thread only. */
final class EventFilter {
  private static final Logger LOG = LoggerFactory.getLogger(EventFilter.class);

  private final PipelineOptions options;
  private final SinkMetrics metrics;
  private final HistoryBook book;
  private final Floors floors;
  private final DeleteMemory deletes;
  private final KeyClashes clashes;
  private final Set<TableId> notFollowed = new HashSet<>();
  private final Optional<TrackedColumnCheck> tracked;

  /** Histories whose numbers are in the positions of {@link #deletes}. */
  private Histories numbered = Histories.NONE;

  /**
   * @param book histories of the connector
   */
  EventFilter(PipelineOptions options, HistoryBook book, SinkMetrics metrics) {
    this.options = options;
    this.book = book;
    this.floors = new Floors(options.tables().relation(), book);
    this.clashes = new KeyClashes(options.tables().relation(), LOG::warn);
    this.metrics = metrics;
    this.tracked =
        options.tables().history().map(history -> new TrackedColumnCheck(history.tracked()));
    PipelineOptions.RememberedDeletes remembered = options.rememberedDeletes();
    this.deletes = new DeleteMemory(remembered.entries(), remembered.age().toMillis());
  }

  /**
   * What became of an event.
   *
   * @param event event to apply, at {@code position}; both null where it is not applied
   * @param delivery whether later ones have come before it
   * @param floor what a truncate removes; null for other events
   * @param deletion in history mode, a delete of the row that is known to come after the event;
   *     null where there is none
   */
  record Result(
      ChangeEvent event, Position position, Delivery delivery, Floor floor, Deletion deletion) {
    static final Result DROPPED = new Result(null, null, Delivery.IN_ORDER, null, null);

    static Result apply(ChangeEvent event, FilterDecision decision) {
      return new Result(event, decision.position(), decision.delivery(), null, null);
    }

    boolean isApplied() {
      return event != null;
    }

    /** The deletion as an event that came again: of a row that came after it no trace is left. */
    Entry deletionEntry(RecordOffset at) {
      RowEvent row = (RowEvent) event;
      SourcePosition deleted =
          new SourcePosition(
              row.sourcePosition().source(),
              deletion.position().commitLsn(),
              deletion.position().lsn(),
              row.sourcePosition().snapshot(),
              deletion.commitMicros());
      RowEvent delete =
          new RowEvent(row.table(), row.schema(), Operation.DELETE, row.key(), null, null, deleted);
      return new Entry(delete, deletion.position(), Delivery.AGAIN, null, at, null);
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

  /** Decides about a change, and counts it as seen. */
  Result filter(PartitionTracker tracker, Change change) {
    RecordOffset at = change.at();
    ChangeEvent event = change.event();
    forgetDeletesOfOtherNumbers();
    FilterDecision decision = tracker.progress().admit(at.offset(), event.sourcePosition());
    if (decision.verdict() == Verdict.REDELIVERED) {
      recall(tracker, change);
      metrics.duplicate();
      return Result.DROPPED;
    }
    metrics.received(operationOf(event));
    boolean isRepetition =
        event instanceof TombstoneEvent tombstone && tracker.repeatsDelete(tombstone);
    tracker.passed(event);
    if (isRepetition) {
      return Result.DROPPED;
    }
    tracker.progress().latest().feeds(event, book);
    return options.tables().writeMode() == WriteMode.APPEND
        ? filterForLog(tracker, change, decision)
        : filterForState(tracker, at, event, decision);
  }

  /** A history that was never committed may have got another number since, or another source it. */
  private void forgetDeletesOfOtherNumbers() {
    if (numbered != book.known()) {
      if (!book.known().include(numbered)) {
        deletes.clear();
      }
      numbered = book.known();
    }
  }

  private void recall(PartitionTracker tracker, Change change) {
    ChangeEvent event = change.event();
    if (options.tables().writeMode() == WriteMode.APPEND
        && change.origin() == Origin.SOURCE
        && isStreamed(event)
        && !isIgnored(event)) {
      FilterDecision decision = tracker.progress().seenBefore(event.sourcePosition());
      TrackedStream stream = tracker.progress().stream(event.sourcePosition());
      stream.replays().recall(decision, event, change.at().offset(), change.run());
    }
  }

  /** Whether the event has a place of its own in the source's log, which a tombstone has not. */
  private static boolean isStreamed(ChangeEvent event) {
    return !(event instanceof TombstoneEvent)
        && operationOf(event) != Operation.READ
        && event.sourcePosition().lsn() != SourcePosition.NONE;
  }

  private Result filterForState(
      PartitionTracker tracker, RecordOffset at, ChangeEvent event, FilterDecision decision) {
    if (keepsVersions()) {
      requireTime(at, event, tracker);
    }
    if (event instanceof TruncateEvent) {
      return filterTruncate(at, event, decision);
    }
    floors.requireOfTruncatedTable(at, event, decision);
    if (event instanceof TombstoneEvent tombstone) {
      requireKey(at, tombstone.table(), tombstone.key());
      return delete(dated(tombstone, tracker), tombstone.key(), decision);
    }
    RowEvent row = (RowEvent) event;
    requireKey(at, row.table(), row.key());
    tracked.ifPresent(check -> check.check(at, row));
    clashes.note(row, tracker.progress().latest().source(), book.known());
    warnOfUnknownColumns(at, row);
    if (row.operation() == Operation.DELETE) {
      return delete(row, row.key(), decision);
    }
    Deletion deletion =
        deletes.deletionAfter(
            row.table(), row.key(), decision.position(), row.sourcePosition().commitMicros());
    if (deletion != null && !keepsVersions()) {
      metrics.skipped(SkipReason.SUPERSEDED, 1);
      return Result.DROPPED;
    }
    RowEvent applied = row.formerKey() == null ? row : leaveFormerKey(row, decision);
    return new Result(applied, decision.position(), decision.delivery(), null, deletion);
  }

  /** The old half of a changed key is a delete, and is treated as one. */
  private RowEvent leaveFormerKey(RowEvent row, FilterDecision decision) {
    if (options.tables().deleteMode() == DeleteMode.IGNORE) {
      metrics.ignoredDelete();
      return keepingFormerRow(row);
    }
    delete(row, row.formerKey(), decision);
    return row;
  }

  private static RowEvent keepingFormerRow(RowEvent row) {
    return new RowEvent(
        row.table(),
        row.schema(),
        row.operation(),
        row.key(),
        row.after(),
        row.before(),
        null,
        row.sourcePosition(),
        row.transactionId());
  }

  private Result delete(ChangeEvent event, RowKey key, FilterDecision decision) {
    if (options.tables().deleteMode() == DeleteMode.IGNORE) {
      metrics.ignoredDelete();
      // Its values may be needed under another key; the batch leaves the row alone.
      return event instanceof RowEvent ? Result.apply(event, decision) : Result.DROPPED;
    }
    deletes.remember(
        event.table(),
        key,
        decision.position(),
        event.sourcePosition().commitMicros(),
        System.nanoTime());
    return Result.apply(event, decision);
  }

  private Result filterForLog(PartitionTracker tracker, Change change, FilterDecision decision) {
    ChangeEvent event = change.event();
    if (event instanceof TruncateEvent) {
      judgeTruncate(change.at(), event);
    }
    if (isIgnored(event)) {
      metrics.ignoredDelete();
      return Result.DROPPED;
    }
    if (event instanceof TombstoneEvent tombstone) {
      return Result.apply(dated(tombstone, tracker), decision);
    }
    if (isRepeated(tracker, change, decision)) {
      metrics.duplicate();
      metrics.skipped(SkipReason.REPEATED, 1);
      return Result.DROPPED;
    }
    return Result.apply(event, decision);
  }

  /**
   * Whether the log has the change already. It never has what was rejected, and is replayed. Of a
   * truncate that comes again after later changes of its partition nothing tells: it has no key, so
   * that the source may have sent it to another partition before. Twice is harmless there, and not
   * at all would not be.
   */
  private static boolean isRepeated(
      PartitionTracker tracker, Change change, FilterDecision decision) {
    if (change.origin() == Origin.REPLAY || !isStreamed(change.event())) {
      return false;
    }
    boolean repeated =
        tracker
            .progress()
            .latest()
            .replays()
            .isRepeated(decision, change.event(), change.at().offset(), change.run());
    return repeated
        && !(change.event() instanceof TruncateEvent && decision.verdict() == Verdict.REPEATED);
  }

  /** Whether the event is a delete, of one row or of all, and such are ignored. */
  private boolean isIgnored(ChangeEvent event) {
    boolean ignoresDeletes = options.tables().deleteMode() == DeleteMode.IGNORE;
    return switch (operationOf(event)) {
      case DELETE -> ignoresDeletes;
      case TRUNCATE -> ignoresDeletes || options.truncateMode() == TruncateMode.IGNORE;
      default -> false;
    };
  }

  /**
   * Tells of a truncate that is ignored.
   *
   * @throws FatalException none may come
   */
  private void judgeTruncate(RecordOffset at, ChangeEvent event) {
    switch (options.truncateMode()) {
      case APPLY -> {
        // What it does depends on delete.mode.
      }
      case IGNORE ->
          LOG.warn("{}: truncate of {} ignored (truncate.mode=ignore)", at, event.table());
      case FAIL ->
          throw new FatalException(
              at
                  + ": table "
                  + event.table()
                  + " was truncated at the source and truncate.mode is fail. Set it to apply or"
                  + " ignore to go on.");
    }
  }

  private Result filterTruncate(RecordOffset at, ChangeEvent event, FilterDecision decision) {
    judgeTruncate(at, event);
    if (isIgnored(event)) {
      metrics.ignoredDelete();
      return Result.DROPPED;
    }
    Floor floor =
        floors.truncate(
            at, event.table(), decision.position(), event.sourcePosition().commitMicros());
    return new Result(event, decision.position(), decision.delivery(), floor, null);
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
              + " have no key, so rows cannot be told apart. Give the source"
              + " table a primary key, name its columns in key.columns, or use"
              + " write.mode=append.");
    }
  }

  /** Versions begin and end at commit times. */
  private static void requireTime(RecordOffset at, ChangeEvent event, PartitionTracker tracker) {
    boolean known =
        event.sourcePosition().commitMicros() > 0
            || event instanceof TombstoneEvent && tracker.progress().latestCommitMicros() > 0;
    if (!known) {
      throw new FatalException(
          at
              + ": the record of table "
              + event.table()
              + " does not tell its commit time, which write.mode=history needs. Send Debezium's"
              + " envelopes as they are, or let flattened records have the field source.ts_ms"
              + " (add.fields of ExtractNewRecordState).");
    }
  }

  private boolean keepsVersions() {
    return options.tables().writeMode() == WriteMode.HISTORY;
  }

  /** A tombstone has no time of its own: it takes that of the last commit seen. */
  private static TombstoneEvent dated(TombstoneEvent tombstone, PartitionTracker tracker) {
    SourcePosition undated = tombstone.sourcePosition();
    return new TombstoneEvent(
        tombstone.table(),
        tombstone.schema(),
        tombstone.key(),
        new SourcePosition(
            undated.source(),
            undated.commitLsn(),
            undated.lsn(),
            undated.snapshot(),
            tracker.progress().latestCommitMicros()));
  }

  private static Operation operationOf(ChangeEvent event) {
    if (event instanceof RowEvent row) {
      return row.operation();
    }
    return event instanceof TruncateEvent ? Operation.TRUNCATE : Operation.DELETE;
  }
}
