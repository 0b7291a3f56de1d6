// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dedup;

import io.lakehousecdc.smt.event.Origin;
import io.lakehousecdc.smt.event.Sequence;
import io.lakehousecdc.smt.event.SourceInfo;

/**
 * How far the history of one source has been read in one partition: the epoch, the highest position
 * and commit time, and the LSN of the snapshot that the stream began with. Not thread safe.
 */
final class SourceHistory {
  private final EpochPolicy policy;
  private int epoch;
  private Position highWater;
  private long latestCommitMicros = SourceInfo.NO_TIME;
  private Long snapshotLsn;

  SourceHistory(EpochPolicy policy) {
    this.policy = policy;
    this.epoch = policy.first();
  }

  int epoch() {
    return epoch;
  }

  /**
   * Stamps a change that arrived for the first time, raising the epoch where it proves a new one.
   *
   * @return null if the change has no position: no sequence, or one that is relative to a snapshot
   *     which was not seen
   */
  Stamp stamp(SourceInfo source) {
    Position position = position(source);
    boolean dated = policy.automatic() && source.hasCommitTime();
    if (position != null && startsEpoch(position, source.commitTimeMicros(), dated)) {
      epoch++;
      highWater = null;
      position = positionInNewEpoch(source);
    }
    if (source.hasCommitTime()) {
      latestCommitMicros = Math.max(latestCommitMicros, source.commitTimeMicros());
    }
    if (position == null) {
      return null;
    }
    if (highWater == null || !position.isBelow(highWater)) {
      highWater = position;
      if (source.isInitialSnapshot()) {
        snapshotLsn = source.sequence().lsn();
      }
    }
    return new Stamp(position, dated ? source.commitTimeMicros() : latestCommitMicros, dated);
  }

  private boolean startsEpoch(Position position, long commitMicros, boolean dated) {
    return dated
        && highWater != null
        && position.isBelow(highWater)
        && commitMicros > latestCommitMicros;
  }

  /** The old snapshot's LSN says nothing about a stream of another history. */
  private Position positionInNewEpoch(SourceInfo source) {
    snapshotLsn = null;
    return position(source);
  }

  private Position position(SourceInfo source) {
    Sequence sequence = source.sequence();
    if (sequence == null) {
      return null;
    }
    if (sequence.commitLsn() != null) {
      return new Position(epoch, sequence.commitLsn(), sequence.lsn());
    }
    if (source.origin() == Origin.SNAPSHOT) {
      return new Position(epoch, sequence.lsn(), 0);
    }
    return snapshotLsn == null ? null : new Position(epoch, snapshotLsn, sequence.lsn());
  }
}
