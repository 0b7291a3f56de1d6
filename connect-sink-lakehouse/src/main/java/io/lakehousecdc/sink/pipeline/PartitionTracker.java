// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.HistoryBook;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PartitionState.Fingerprint;
import io.lakehousecdc.sink.spi.PartitionState.SourceState;
import io.lakehousecdc.sink.spi.SourceProgress;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that the pipeline knows of one assigned partition, from taking it over until it is
 * given up or read again from another place. Dropping the tracker forgets all of it.
 *
 * <p>Used by the task thread only. The writer thread is handed the {@link ReportableOffset} alone,
 * with each {@link PartitionStep}. It never reaches the tracker, so a batch that is committed after
 * its tracker was dropped changes nothing of the one that took its place.
 */
final class PartitionTracker {
  /** From where a partition is read when it is taken over. */
  enum Recall {
    /** From the first record that is not applied. */
    NOTHING {
      @Override
      long from(PartitionState state) {
        return state.nextOffset();
      }
    },
    /** From the first event of groups that share a position: their order has to be known again. */
    GROUPS {
      @Override
      long from(PartitionState state) {
        long from = state.nextOffset();
        for (SourceState each : state.streams()) {
          from = ReplayDetector.recallFrom(each.replay(), from);
        }
        return from;
      }
    };

    abstract long from(PartitionState state);
  }

  private static final Logger LOG = LoggerFactory.getLogger(PartitionTracker.class);

  private final SourcePartition partition;
  private final Fingerprints fingerprints = new Fingerprints();
  private PartitionProgress progress;
  private ReportableOffset committed;

  /** State that the next step builds on: of the last batch, or as stored; null where none is. */
  private PartitionState lastCut;

  /** Offset that the target is at, until it has been compared with where reading begins. */
  private OptionalLong resumeAt;

  /** The target holds nothing of the partition, and no change of it has come yet. */
  private boolean unknownToTarget;

  /** What the next step tells of the source's transactions. */
  private Optional<SourceProgress> reached = Optional.empty();

  private RowKey lastDeleted;
  private TableId lastDeletedFrom;

  /** What {@link #lastDeleted} was when the partition was taken over, until the next record. */
  private Fingerprint restoredDelete;

  /**
   * @param loaded what the target holds of the partition
   * @param book histories of the connector
   * @param recalls whether groups of events that share a position are needed again
   */
  PartitionTracker(
      SourcePartition partition,
      LoadedPartition loaded,
      HistoryBook book,
      Recall recalls,
      SinkMetrics metrics) {
    PartitionState state = loaded.state();
    boolean stored = loaded.isStored();
    this.partition = partition;
    this.progress = new PartitionProgress(partition, state, loaded.tablesAhead(), book, metrics);
    this.committed = stored ? ReportableOffset.stored(state.nextOffset()) : new ReportableOffset();
    this.lastCut = stored ? state : null;
    this.resumeAt = stored ? OptionalLong.of(recalls.from(state)) : OptionalLong.empty();
    this.restoredDelete = state.lastDelete();
    this.unknownToTarget = !stored;
  }

  SourcePartition partition() {
    return partition;
  }

  /** Position, epoch and offset up to the last record taken in. */
  PartitionProgress progress() {
    return progress;
  }

  /**
   * Where to read again from, if the next record lies beyond what the target has: it was restored
   * from a backup, or never got what Kafka took as committed. Answers once; a gap that stays then
   * is one of the topic.
   *
   * @param next offset of the next record, or position of the consumer
   */
  OptionalLong rewindToStored(long next) {
    OptionalLong stored = resumeAt;
    resumeAt = OptionalLong.empty();
    if (stored.isEmpty() || stored.getAsLong() >= next) {
      return OptionalLong.empty();
    }
    if (next <= progress.nextOffset()) {
      LOG.info(
          "{}: reading from offset {} again, where changes begin that share a position with the last"
              + " one applied",
          partition,
          stored.getAsLong());
    } else {
      LOG.warn(
          "{}: Kafka would go on at offset {}, but the target is at {}: reading again from there",
          partition,
          next,
          stored.getAsLong());
    }
    return stored;
  }

  /**
   * Where to read again from, if the first change of the partition is not its first record although
   * the target has nothing of it: the warehouse is new, or its offsets were lost. Answers once.
   * Records that concerned no table may have come before; they count as unread then.
   *
   * @param offset of a change, or of a record that is to be rejected
   */
  OptionalLong rewindToStart(long offset) {
    boolean first = unknownToTarget;
    unknownToTarget = false;
    if (!first || offset == 0) {
      return OptionalLong.empty();
    }
    LOG.warn(
        "{}: the target holds nothing of this partition, and its first change is at offset {}:"
            + " reading it from its beginning",
        partition,
        offset);
    progress = progress.unread();
    committed = new ReportableOffset();
    return OptionalLong.of(0);
  }

  /** A record is about to be taken in. */
  void received(long offset) {
    committed.received(offset);
  }

  /**
   * The topic was deleted and created anew, and its first record lies at {@code offset}. Everything
   * before is committed, and the writer has nothing in flight.
   */
  void beginAnew(long offset) {
    committed.beginAnew(offset);
  }

  /**
   * Notes a delete.
   *
   * @param event the record's event
   */
  void passed(ChangeEvent event) {
    restoredDelete = null;
    boolean isDelete = event instanceof RowEvent row && row.operation() == Operation.DELETE;
    lastDeleted = isDelete ? ((RowEvent) event).key() : null;
    lastDeletedFrom = isDelete ? event.table() : null;
  }

  /** Whether a tombstone repeats the delete that came right before it. */
  boolean repeatsDelete(TombstoneEvent tombstone) {
    return restoredDelete != null
        ? restoredDelete.equals(fingerprints.of(tombstone.table(), tombstone.key()))
        : tombstone.key().equals(lastDeleted);
  }

  private Fingerprint lastDelete() {
    return lastDeleted == null ? restoredDelete : fingerprints.of(lastDeletedFrom, lastDeleted);
  }

  /** The step from the last batch to what has been taken in since. */
  PartitionStep step() {
    return new PartitionStep(
        new PartitionAdvance(partition, Optional.ofNullable(lastCut), progress.state(lastDelete())),
        committed,
        reached);
  }

  /** A transaction has ended in this partition, and everything of it has been taken in. */
  void reached(SourceProgress progress) {
    reached = Optional.of(progress);
  }

  /** A batch is to be committed with {@code state}: the next step builds on it. */
  void cut(PartitionState state) {
    lastCut = state;
    reached = Optional.empty();
  }

  /**
   * The offset that may be reported to Kafka.
   *
   * @param current offset after the last record that was delivered
   */
  long reportableOffset(long current) {
    return committed.reportable(current, progress.nextOffset());
  }

  /**
   * Where to read on from when this tracker takes the place of one whose buffered records are lost;
   * empty where no record had come.
   */
  OptionalLong resumeInPlaceOf(PartitionTracker lost) {
    boolean stateIsOfOldTopic = lost.committed.isBegunAnew();
    return stateIsOfOldTopic || committed.value().isEmpty()
        ? lost.committed.value()
        : committed.value();
  }
}
