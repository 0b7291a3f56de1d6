// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.EpochEvidence;
import io.lakehousecdc.order.EpochPolicy;
import io.lakehousecdc.order.HistoryRules;
import io.lakehousecdc.order.Placement;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SnapshotBase;
import io.lakehousecdc.order.SourceHistory;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PartitionState.Ties;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one topic-partition: gives every record its position, recognises redeliveries, topics
 * that were created anew and epochs that began. Holds the working state, ahead of the committed
 * one. Used by the task thread only.
 */
final class PartitionProgress {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionProgress.class);
  private static final HistoryRules RULES =
      new HistoryRules(EpochPolicy.automatic(EpochEvidence.LATER_COMMIT), SnapshotBase.LATEST);

  private final SourcePartition partition;
  private final SinkMetrics metrics;
  private final PartitionState takenOver;
  private final Map<TableId, Long> tablesAhead;
  private final SourceHistory history;
  private Position tiesAt;
  private Ties ties;
  private long nextOffset;
  private long lastRecordAt = System.nanoTime();
  private OptionalLong justCompleted = OptionalLong.empty();

  PartitionProgress(SourcePartition partition, PartitionState state, SinkMetrics metrics) {
    this(partition, state, Map.of(), metrics);
  }

  /**
   * @param tablesAhead tables that have applied more than {@code state} says, and up to where
   */
  PartitionProgress(
      SourcePartition partition,
      PartitionState state,
      Map<TableId, Long> tablesAhead,
      SinkMetrics metrics) {
    this.partition = partition;
    this.metrics = metrics;
    this.takenOver = state;
    this.tablesAhead = new HashMap<>(tablesAhead);
    this.tiesAt = state.highWater();
    this.ties = state.ties();
    this.nextOffset = state.nextOffset();
    this.history = new SourceHistory(state.history(), RULES);
  }

  /** The same as it began. */
  PartitionProgress unread() {
    return new PartitionProgress(partition, takenOver, tablesAhead, metrics);
  }

  /** The state to commit with everything admitted so far. */
  PartitionState state() {
    return new PartitionState(
        nextOffset, history.state(), tiesAt.equals(highWater()) ? ties : Ties.NONE);
  }

  /** The state that this ledger began with. */
  PartitionState takenOver() {
    return takenOver;
  }

  /** Notes which changes at {@code position} have been logged. */
  void noteTies(Position position, Ties logged) {
    tiesAt = position;
    ties = logged;
  }

  long nextOffset() {
    return nextOffset;
  }

  Position highWater() {
    return history.highWater();
  }

  long latestCommitMicros() {
    return history.latestCommitMicros();
  }

  /** Whether the partition has never had a record. */
  boolean isUnread() {
    return nextOffset == 0;
  }

  /** When the last record came, or the ledger was opened; as {@link System#nanoTime} has it. */
  long lastRecordAt() {
    return lastRecordAt;
  }

  /** Whether an event has shown that nothing more comes of the snapshot at {@code below}. */
  boolean isPast(Position below) {
    return history.isPast(below);
  }

  /** Takes the snapshot at {@code below} as completed: nothing more of it will come. */
  void completeSnapshot(Position below) {
    history.completeSnapshot(below);
  }

  /**
   * LSN of the snapshot of the last admitted event's table, if that event showed that it is
   * complete; empty for most.
   */
  OptionalLong justCompleted() {
    return justCompleted;
  }

  /** Whether a table has applied the record at {@code offset} already. */
  boolean isAhead(TableId table, long offset) {
    return offset < tablesAhead.getOrDefault(table, 0L);
  }

  /** Passes a record that concerns no table; false where it was passed before. */
  boolean pass(long offset) {
    lastRecordAt = System.nanoTime();
    if (offset < nextOffset) {
      return false;
    }
    nextOffset = offset + 1;
    return true;
  }

  /** Whether the record at {@code offset} shows that the topic was deleted and created anew. */
  boolean beginsAnew(long offset, SourcePosition mark) {
    return offset < nextOffset && mark.lsn() != SourcePosition.NONE && isOfAnotherTopic(mark);
  }

  /** Decides about the record at {@code offset}, and counts it as seen. */
  FilterDecision admit(long offset, SourcePosition mark) {
    lastRecordAt = System.nanoTime();
    justCompleted = OptionalLong.empty();
    if (mark.lsn() == SourcePosition.NONE) {
      return pass(offset)
          ? new FilterDecision(FilterDecision.Verdict.NEW, highWater())
          : FilterDecision.REDELIVERED;
    }
    if (beginsAnew(offset, mark)) {
      restart(offset, history.position(mark).orElseThrow());
    } else if (offset < nextOffset) {
      return FilterDecision.REDELIVERED;
    }
    nextOffset = offset + 1;
    Placement placement = history.advance(mark);
    justCompleted = history.justCompleted();
    if (placement instanceof Placement.EpochBegan began) {
      noteEpoch(offset, began);
    }
    boolean repeated =
        placement instanceof Placement.Below && mark.hasCommitTime() && !mark.isInitial();
    return new FilterDecision(
        repeated ? FilterDecision.Verdict.REPEATED : FilterDecision.Verdict.NEW,
        placement.position());
  }

  /**
   * Whether a record below the committed offset cannot be one that was applied already: it was
   * committed later than all of those, or stands above them. After a change of epoch position alone
   * proves nothing, since LSNs of the old epoch may be higher.
   */
  private boolean isOfAnotherTopic(SourcePosition mark) {
    if (latestCommitMicros() > 0 && mark.isCommittedAfter(latestCommitMicros())) {
      return true;
    }
    boolean comparable = mark.commitLsn() != SourcePosition.NONE || mark.isInitial();
    return comparable
        && history.epoch() == 0
        && history.position(mark).filter(highWater()::isBelow).isPresent();
  }

  private void noteEpoch(long offset, Placement.EpochBegan began) {
    LOG.warn(
        "{}, offset {}: position {} is below {}, but was committed later than anything seen: the"
            + " source's LSNs have started over (another cluster, a restore or a failover). Epoch {}"
            + " begins. Rows that only the old source had stay until they are deleted or swept.",
        partition,
        offset,
        began.formerPosition(),
        began.formerHighWater(),
        history.epoch());
    metrics.epochBegan();
  }

  private void restart(long offset, Position position) {
    LOG.warn(
        "{}, offset {} is below the committed offset {}, but its position {} is new (high-water"
            + " mark {}): the topic was deleted and created anew. Reading goes on from here.",
        partition,
        offset,
        nextOffset,
        position,
        highWater());
    metrics.topicRestarted();
    tablesAhead.clear();
    nextOffset = offset;
  }
}
