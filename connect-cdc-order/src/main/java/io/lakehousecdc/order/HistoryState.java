// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

/**
 * How far a stream of a source's events has been read, as a {@link SourceHistory} is saved and
 * taken up again.
 *
 * @param highWater greatest position seen; its epoch is the epoch of the stream
 * @param snapshotLsn LSN of the initial snapshot that streamed events without a commit LSN stand
 *     on, or {@link SourcePosition#NONE}
 * @param completedSnapshotLsn LSN of the last initial snapshot whose end was seen, or {@link
 *     SourcePosition#NONE}
 * @param latestCommitMicros latest commit time seen, in microseconds since the epoch; 0 before the
 *     first
 */
public record HistoryState(
    Position highWater, long snapshotLsn, long completedSnapshotLsn, long latestCommitMicros) {

  /** State of a stream that was never read, in the given epoch. */
  public static HistoryState fresh(int epoch) {
    return new HistoryState(new Position(epoch, 0, 0), SourcePosition.NONE, SourcePosition.NONE, 0);
  }

  /**
   * Whether the stream has nothing more of the snapshot at {@code below}, nor anything older: its
   * end was seen, or a later change, or a later epoch.
   *
   * @param below (epoch, snapshot LSN, 0)
   */
  public boolean isPast(Position below) {
    return below.isBelow(highWater)
        || highWater.epoch() == below.epoch() && completedSnapshotLsn >= below.commitLsn();
  }

  /** The same, in {@code epoch} if that is greater: earlier positions are then below all of it. */
  public HistoryState inEpochFrom(int epoch) {
    return epoch <= highWater.epoch()
        ? this
        : new HistoryState(
            new Position(epoch, 0, 0),
            SourcePosition.NONE,
            SourcePosition.NONE,
            latestCommitMicros);
  }
}
