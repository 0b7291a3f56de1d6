// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

/**
 * Where an event stands at the source, as its record says it.
 *
 * @param database server and database, which name one history of LSNs; empty where the record does
 *     not say
 * @param table table within its schema; empty where the record does not say
 * @param sequence null where the record has none
 * @param origin streamed, or of which kind of snapshot
 * @param commitTimeMicros commit time in microseconds since the epoch, or {@link #NO_TIME}
 */
public record SourceInfo(
    String database, String table, Sequence sequence, Origin origin, long commitTimeMicros) {

  /** Stands for an unknown commit time; below every real one. */
  public static final long NO_TIME = Long.MIN_VALUE;

  /** An event that tells nothing of its source. */
  public static final SourceInfo UNKNOWN = new SourceInfo("", "", null, Origin.STREAMED, NO_TIME);

  /** Whether this row was read by an initial snapshot, whose sequence has no commit LSN. */
  public boolean isInitialSnapshot() {
    return origin == Origin.SNAPSHOT && sequence != null && sequence.commitLsn() == null;
  }

  /**
   * Whether the time is one that a re-emission repeats: rows of incremental and blocking snapshots
   * carry the time at which they were read instead.
   */
  public boolean hasCommitTime() {
    return commitTimeMicros != NO_TIME && (origin == Origin.STREAMED || isInitialSnapshot());
  }
}
