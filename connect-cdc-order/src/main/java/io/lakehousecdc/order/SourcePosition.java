// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

/**
 * What an event says of its place in the source's history, before a {@link Position} is made of it.
 *
 * @param source source that the event comes from
 * @param commitLsn {@code source.sequence[0]}; {@link #NONE} where it is null, as before the first
 *     commit that the connector has delivered; {@link #UNSEQUENCED} where there is no sequence
 * @param lsn {@code source.sequence[1]}, or {@code source.lsn} where there is no sequence, or
 *     {@link #NONE}
 * @param snapshot which kind of snapshot the event belongs to, if any
 * @param commitMicros {@code source.ts_us} (or the best the event has), microseconds since the
 *     epoch; 0 where unknown
 */
public record SourcePosition(
    SourceId source, long commitLsn, long lsn, Snapshot snapshot, long commitMicros) {

  /** No LSN. */
  public static final long NONE = -1;

  /** The commit LSN of an event that has no {@code source.sequence} at all. */
  public static final long UNSEQUENCED = -2;

  /** An event that says nothing of its place: arrival order decides. */
  public static final SourcePosition UNKNOWN =
      new SourcePosition(SourceId.UNKNOWN, UNSEQUENCED, NONE, Snapshot.NO, 0);

  /** Kinds of snapshot that call for different treatment. */
  public enum Snapshot {
    /**
     * Streamed. A reader that does not tell a blocking snapshot's rows from streamed ones, whose
     * full sequence they have, says this of them too.
     */
    NO,
    /** Row of an initial snapshot: no commit LSN. */
    INITIAL,
    /** Last row of its table in an initial snapshot. */
    INITIAL_LAST,
    /** Row of an incremental snapshot: its time is that of emission. */
    INCREMENTAL,
    /** Row of a blocking snapshot: it has a full sequence, and its time is that of reading. */
    BLOCKING
  }

  /** Whether the event is a row of an initial snapshot. */
  public boolean isInitial() {
    return snapshot == Snapshot.INITIAL || snapshot == Snapshot.INITIAL_LAST;
  }

  /**
   * Whether {@link #commitMicros} is known and is a time that the source repeats when it emits the
   * event again. Rows of incremental and blocking snapshots carry the time at which they were read
   * instead, which says nothing of the source's commits.
   */
  public boolean hasCommitTime() {
    return commitMicros > 0 && snapshot != Snapshot.INCREMENTAL && snapshot != Snapshot.BLOCKING;
  }

  /** Whether the event was committed after {@code micros}; false where that is not known. */
  public boolean isCommittedAfter(long micros) {
    return hasCommitTime() && commitMicros > micros;
  }
}
