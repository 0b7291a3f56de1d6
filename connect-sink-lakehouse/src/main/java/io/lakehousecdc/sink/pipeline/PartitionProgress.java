// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
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

  private final SourcePartition partition;
  private final SinkMetrics metrics;
  private final PartitionState takenOver;
  private final Map<TableId, Long> tablesAhead;
  private Position tiesAt;
  private Ties ties;
  private long nextOffset;
  private Position highWater;
  private long snapshotLsn;
  private long completedSnapshotLsn;
  private long latestCommitMicros;
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
    this.highWater = state.highWater();
    this.snapshotLsn = state.snapshotLsn();
    this.completedSnapshotLsn = state.completedSnapshotLsn();
    this.latestCommitMicros = state.latestCommitMicros();
  }

  /** The same as it began. */
  PartitionProgress unread() {
    return new PartitionProgress(partition, takenOver, tablesAhead, metrics);
  }

  /** The state to commit with everything admitted so far. */
  PartitionState state() {
    return new PartitionState(
        nextOffset,
        highWater,
        snapshotLsn,
        completedSnapshotLsn,
        latestCommitMicros,
        tiesAt.equals(highWater) ? ties : Ties.NONE);
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
    return highWater;
  }

  long latestCommitMicros() {
    return latestCommitMicros;
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
    return state().isPast(below);
  }

  /** Takes the snapshot at {@code below} as completed: nothing more of it will come. */
  void completeSnapshot(Position below) {
    if (highWater.epoch() == below.epoch()) {
      completedSnapshotLsn = Math.max(completedSnapshotLsn, below.commitLsn());
    }
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
    return offset < nextOffset
        && mark.lsn() != SourcePosition.NONE
        && isOfAnotherTopic(mark, positionOf(mark), isLaterThanAnySeen(mark));
  }

  /** Decides about the record at {@code offset}, and counts it as seen. */
  FilterDecision admit(long offset, SourcePosition mark) {
    lastRecordAt = System.nanoTime();
    justCompleted = OptionalLong.empty();
    if (mark.lsn() == SourcePosition.NONE) {
      return pass(offset)
          ? new FilterDecision(FilterDecision.Verdict.NEW, highWater)
          : FilterDecision.REDELIVERED;
    }
    Position position = positionOf(mark);
    boolean below = position.isBelow(highWater);
    boolean laterThanAnySeen = isLaterThanAnySeen(mark);
    if (beginsAnew(offset, mark)) {
      restart(offset, position);
    } else if (offset < nextOffset) {
      return FilterDecision.REDELIVERED;
    }
    if (below && laterThanAnySeen && latestCommitMicros > 0 && tellsEpochs(mark)) {
      position = beginEpoch(offset, mark, position);
      below = false;
    }
    boolean repeated = below && isDated(mark) && !isInitial(mark);
    note(offset, mark, position);
    return new FilterDecision(
        repeated ? FilterDecision.Verdict.REPEATED : FilterDecision.Verdict.NEW, position);
  }

  /**
   * Whether a record below the committed offset cannot be one that was applied already: it was
   * committed later than all of those, or stands above them. After a change of epoch position alone
   * proves nothing, since LSNs of the old epoch may be higher.
   */
  private boolean isOfAnotherTopic(
      SourcePosition mark, Position position, boolean laterThanAnySeen) {
    if (laterThanAnySeen && latestCommitMicros > 0) {
      return true;
    }
    boolean comparable = mark.commitLsn() != SourcePosition.NONE || isInitial(mark);
    return comparable && highWater.epoch() == 0 && highWater.isBelow(position);
  }

  private boolean isLaterThanAnySeen(SourcePosition mark) {
    return isDated(mark) && mark.commitMicros() > latestCommitMicros;
  }

  private Position positionOf(SourcePosition mark) {
    int epoch = highWater.epoch();
    if (isInitial(mark)) {
      return new Position(epoch, mark.lsn(), 0);
    }
    if (mark.commitLsn() != SourcePosition.NONE) {
      return new Position(epoch, mark.commitLsn(), mark.lsn());
    }
    long snapshot = snapshotLsn == PartitionState.NO_LSN ? mark.lsn() : snapshotLsn;
    return new Position(epoch, snapshot, mark.lsn());
  }

  /**
   * Whether a lower position of this event can mean a new epoch. A stream that has shown LSNs but
   * never a sequence cannot tell: there, LSNs go down whenever transactions interleave.
   */
  private boolean tellsEpochs(SourcePosition mark) {
    return mark.commitLsn() != SourcePosition.NONE
        || isInitial(mark)
        || highWater.commitLsn() != highWater.lsn();
  }

  private Position beginEpoch(long offset, SourcePosition mark, Position position) {
    int epoch = highWater.epoch() + 1;
    LOG.warn(
        "{}, offset {}: position {} is below {}, but was committed later than anything seen: the"
            + " source's LSNs have started over (another cluster, a restore or a failover). Epoch {}"
            + " begins. Rows that only the old source had stay until they are deleted or swept.",
        partition,
        offset,
        position,
        highWater,
        epoch);
    metrics.epochBegan();
    highWater = new Position(epoch, 0, 0);
    snapshotLsn = PartitionState.NO_LSN;
    completedSnapshotLsn = PartitionState.NO_LSN;
    return positionOf(mark);
  }

  private void restart(long offset, Position position) {
    LOG.warn(
        "{}, offset {} is below the committed offset {}, but its position {} is new (high-water"
            + " mark {}): the topic was deleted and created anew. Reading goes on from here.",
        partition,
        offset,
        nextOffset,
        position,
        highWater);
    metrics.topicRestarted();
    tablesAhead.clear();
    nextOffset = offset;
  }

  private void note(long offset, SourcePosition mark, Position position) {
    nextOffset = offset + 1;
    highWater = Position.max(highWater, position);
    if (isDated(mark)) {
      latestCommitMicros = Math.max(latestCommitMicros, mark.commitMicros());
    }
    if (isInitial(mark)) {
      snapshotLsn = mark.lsn();
    }
    boolean afterwards = mark.snapshot() == Snapshot.NO && completedSnapshotLsn < snapshotLsn;
    if (afterwards || mark.snapshot() == Snapshot.INITIAL_LAST) {
      completedSnapshotLsn = snapshotLsn;
      justCompleted = OptionalLong.of(snapshotLsn);
    }
  }

  /**
   * An incremental snapshot's time is that of emission and says nothing of the source's commits.
   */
  private static boolean isDated(SourcePosition mark) {
    return mark.snapshot() != Snapshot.INCREMENTAL && mark.commitMicros() > 0;
  }

  private static boolean isInitial(SourcePosition mark) {
    return mark.snapshot() == Snapshot.INITIAL || mark.snapshot() == Snapshot.INITIAL_LAST;
  }
}
