// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

/**
 * How far one source's events in one partition have been read, as a {@link SourceStream} is saved
 * and taken up again.
 *
 * @param highWater greatest position seen; its epoch is that of the stream's present history
 * @param snapshotLsn LSN of the last initial snapshot seen in this history, or {@link
 *     SourcePosition#NONE}
 * @param completedSnapshotLsn LSN of the last initial snapshot whose end was seen, or {@link
 *     SourcePosition#NONE}
 * @param latestCommitMicros latest commit time seen, in microseconds since the epoch; 0 before the
 *     first
 * @param uncommittedLsn greatest LSN of the changes that came before the first commit that their
 *     connector has delivered, or {@link SourcePosition#NONE} where a commit was told since
 * @param formerCommitMicros latest commit time seen when the present history took the place of the
 *     one before, in microseconds since the epoch; 0 where this stream has not seen that
 * @param formerHighWater greatest position of the history before; null where {@code
 *     formerCommitMicros} is 0
 * @param laterSnapshot (epoch, snapshot LSN, 0) of a snapshot in a later history, where the stream
 *     was quiet for so long that nothing of it is taken to come; null where there is none
 */
public record StreamState(
    Position highWater,
    long snapshotLsn,
    long completedSnapshotLsn,
    long latestCommitMicros,
    long uncommittedLsn,
    long formerCommitMicros,
    Position formerHighWater,
    Position laterSnapshot) {

  /** State of a stream whose connector has delivered a commit, and that has had one history. */
  public StreamState(
      Position highWater, long snapshotLsn, long completedSnapshotLsn, long latestCommitMicros) {
    this(
        highWater,
        snapshotLsn,
        completedSnapshotLsn,
        latestCommitMicros,
        SourcePosition.NONE,
        0,
        null,
        null);
  }

  /** State of a stream that was never read, in the given epoch. */
  public static StreamState fresh(int epoch) {
    return new StreamState(new Position(epoch, 0, 0), SourcePosition.NONE, SourcePosition.NONE, 0);
  }

  /**
   * Whether the stream has nothing more of the snapshot at {@code below}, nor anything older: its
   * end was seen, or a later change, or a later history.
   *
   * @param below (epoch, snapshot LSN, 0)
   */
  public boolean isPast(Position below) {
    return below.isBelow(highWater)
        || highWater.epoch() == below.epoch() && completedSnapshotLsn >= below.commitLsn()
        || laterSnapshot != null && !laterSnapshot.isBelow(below);
  }
}
