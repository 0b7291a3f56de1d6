// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

/**
 * Which initial snapshot a streamed event without a commit LSN stands on. Such an event comes
 * before the first commit after the snapshot. Its own LSN may be below the snapshot's although it
 * is later, where its transaction began before the snapshot and ended after it.
 */
public enum SnapshotBase {
  /**
   * The one whose row came last, be it below the high-water mark. Before any, the event's own LSN
   * takes the snapshot's place: so a stream without commit LSNs is ordered by its LSNs, as far as
   * those go.
   */
  LATEST {
    @Override
    long of(long snapshotLsn, long eventLsn) {
      return snapshotLsn == SourcePosition.NONE ? eventLsn : snapshotLsn;
    }

    @Override
    boolean isMovedBy(Position row, Position highWater) {
      return true;
    }

    /** Where LSNs took the snapshot's place, they go down whenever transactions interleave. */
    @Override
    boolean isComparableWith(Position highWater) {
      return highWater.commitLsn() != highWater.lsn();
    }
  },

  /** The highest one. Before any, the event has no position. */
  HIGHEST {
    @Override
    long of(long snapshotLsn, long eventLsn) {
      return snapshotLsn;
    }

    @Override
    boolean isMovedBy(Position row, Position highWater) {
      return !row.isBelow(highWater);
    }

    @Override
    boolean isComparableWith(Position highWater) {
      return true;
    }
  };

  /**
   * What the event has instead of a commit LSN.
   *
   * @param snapshotLsn LSN of the snapshot, or {@link SourcePosition#NONE}
   * @return {@link SourcePosition#NONE} where the event has no position
   */
  abstract long of(long snapshotLsn, long eventLsn);

  /**
   * Whether the snapshot that a row belongs to becomes the one to stand on.
   *
   * @param row position of the row
   * @param highWater greatest position before it
   */
  abstract boolean isMovedBy(Position row, Position highWater);

  /**
   * Whether an event without a commit LSN that is below this high-water mark may be of another
   * epoch.
   */
  abstract boolean isComparableWith(Position highWater);
}
