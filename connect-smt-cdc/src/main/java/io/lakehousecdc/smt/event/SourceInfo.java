// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

/**
 * The metadata of an event's source, as its record holds them.
 *
 * @param database server and database, which identify one history of LSNs; empty if unknown
 * @param table table with its schema; empty if unknown
 * @param sequence null if the record has none
 * @param origin streamed, or the kind of snapshot
 * @param commitTimeMicros commit time in microseconds since the epoch, or {@link #NO_TIME}
 */
public record SourceInfo(
    String database, String table, Sequence sequence, Origin origin, long commitTimeMicros) {

  /** Stands for an unknown commit time; below every real one. */
  public static final long NO_TIME = Long.MIN_VALUE;

  /** The metadata of an event without any. */
  public static final SourceInfo UNKNOWN = new SourceInfo("", "", null, Origin.STREAMED, NO_TIME);

  /** Whether this row was read by an initial snapshot, whose sequence has no commit LSN. */
  public boolean isInitialSnapshot() {
    return origin == Origin.SNAPSHOT && sequence != null && sequence.commitLsn() == null;
  }

  /**
   * Whether the time is the commit time, which is the same when the event is emitted again. Rows of
   * incremental and blocking snapshots carry the time at which they were read instead.
   */
  public boolean hasCommitTime() {
    return commitTimeMicros != NO_TIME && (origin == Origin.STREAMED || isInitialSnapshot());
  }
}
