// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.HistoryState;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourcePosition;

/**
 * What a target remembers of a topic-partition, committed together with the rows.
 *
 * @param nextOffset first Kafka offset that is not yet applied
 * @param highWater greatest position applied from this partition; its epoch is the partition's
 *     epoch
 * @param snapshotLsn LSN of the last initial snapshot seen in this partition, or {@link #NO_LSN}
 * @param completedSnapshotLsn LSN of the last initial snapshot that this partition has seen the end
 *     of, or {@link #NO_LSN}
 * @param latestCommitMicros latest commit time seen, in microseconds since the epoch; 0 before the
 *     first
 * @param ties changes applied at exactly {@code highWater}, where they are logged
 */
public record PartitionState(
    long nextOffset,
    Position highWater,
    long snapshotLsn,
    long completedSnapshotLsn,
    long latestCommitMicros,
    Ties ties) {

  /**
   * Changes that share the high-water position (COPY, the halves of a changed key): by them a log
   * knows which of them the source emits again.
   *
   * @param count how many
   * @param first fingerprint of the first of them
   */
  public record Ties(int count, long first) {
    /** None are known. */
    public static final Ties NONE = new Ties(0, 0);
  }

  /** A state that knows of no ties. */
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

  /** State of a partition that was never read, in the given epoch. */
  public static PartitionState fresh(int epoch) {
    return new PartitionState(0, HistoryState.fresh(epoch), Ties.NONE);
  }

  /** How far the source's history has been read in this partition. */
  public HistoryState history() {
    return new HistoryState(highWater, snapshotLsn, completedSnapshotLsn, latestCommitMicros);
  }

  /**
   * Whether the partition has nothing more of the snapshot at {@code below}, nor anything older:
   * its end was seen, or a later change, or a later epoch.
   *
   * @param below (epoch, snapshot LSN, 0)
   */
  public boolean isPast(Position below) {
    return history().isPast(below);
  }

  /** The same, in {@code epoch} if that is greater: earlier positions are then below all of it. */
  public PartitionState inEpochFrom(int epoch) {
    return epoch <= highWater.epoch()
        ? this
        : new PartitionState(nextOffset, history().inEpochFrom(epoch), Ties.NONE);
  }
}
