// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.HistoryState;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourcePosition;

/**
 * The committed state of a topic partition, stored in the target together with the rows.
 *
 * @param nextOffset first Kafka offset that is not yet applied
 * @param highWater greatest position applied from this partition; its epoch is the partition's
 *     epoch
 * @param snapshotLsn LSN of the last initial snapshot seen in this partition, or {@link #NO_LSN}
 * @param completedSnapshotLsn LSN of the last initial snapshot whose end this partition has seen,
 *     or {@link #NO_LSN}
 * @param latestCommitMicros latest commit time seen, in microseconds since the epoch; 0 before the
 *     first
 * @param ties changes applied at exactly {@code highWater}; counted in append mode only
 */
public record PartitionState(
    long nextOffset,
    Position highWater,
    long snapshotLsn,
    long completedSnapshotLsn,
    long latestCommitMicros,
    Ties ties) {

  /**
   * Changes that share the high-water position, such as the rows of a COPY, or the delete and the
   * create of a changed key. With them append mode recognises which of these changes the source
   * emits again.
   *
   * @param count number of changes
   * @param first hash of the first of them
   */
  public record Ties(int count, long first) {
    /** No changes. */
    public static final Ties NONE = new Ties(0, 0);
  }

  /** A state without ties. */
  public PartitionState(
      long nextOffset,
      Position highWater,
      long snapshotLsn,
      long completedSnapshotLsn,
      long latestCommitMicros) {
    this(nextOffset, highWater, snapshotLsn, completedSnapshotLsn, latestCommitMicros, Ties.NONE);
  }

  /** A state of the given history. */
  public PartitionState(long nextOffset, HistoryState history, Ties ties) {
    this(
        nextOffset,
        history.highWater(),
        history.snapshotLsn(),
        history.completedSnapshotLsn(),
        history.latestCommitMicros(),
        ties);
  }

  /** No snapshot seen. */
  public static final long NO_LSN = SourcePosition.NONE;

  /** The state of a partition that was never read, in the given epoch. */
  public static PartitionState fresh(int epoch) {
    return new PartitionState(0, HistoryState.fresh(epoch), Ties.NONE);
  }

  /** How far the source's history has been read in this partition. */
  public HistoryState history() {
    return new HistoryState(highWater, snapshotLsn, completedSnapshotLsn, latestCommitMicros);
  }

  /**
   * Whether the partition is past a snapshot: the end of the snapshot, a later change or a later
   * epoch was seen, so that no row of the snapshot and no older change follows.
   *
   * @param below position of the snapshot: (epoch, snapshot LSN, 0)
   */
  public boolean isPast(Position below) {
    return history().isPast(below);
  }

  /**
   * This state, moved to {@code epoch} if that is greater. All positions seen before are below the
   * positions of the new epoch.
   */
  public PartitionState inEpochFrom(int epoch) {
    return epoch <= highWater.epoch()
        ? this
        : new PartitionState(nextOffset, history().inEpochFrom(epoch), Ties.NONE);
  }
}
