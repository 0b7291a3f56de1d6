// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

/**
 * What an event says of its place in the source's history, before a {@link Position} is made of it.
 *
 * @param commitLsn {@code source.sequence[0]}, or {@link #NONE} where it is null or absent
 * @param lsn {@code source.sequence[1]}, or {@code source.lsn} where there is no sequence, or
 *     {@link #NONE}
 * @param snapshot which kind of snapshot the event belongs to, if any
 * @param commitMicros {@code source.ts_us} (or the best the event has), microseconds since the
 *     epoch; 0 where unknown
 */
public record SourcePosition(long commitLsn, long lsn, Snapshot snapshot, long commitMicros) {

  /** No LSN. */
  public static final long NONE = -1;

  /** An event that says nothing of its place: arrival order decides. */
  public static final SourcePosition UNKNOWN = new SourcePosition(NONE, NONE, Snapshot.NO, 0);

  /** Kinds of snapshot that call for different treatment. */
  public enum Snapshot {
    /** Streamed, or of a blocking snapshot (whose rows carry a full sequence). */
    NO,
    /** Row of an initial snapshot: no commit LSN. */
    INITIAL,
    /** Last row of its table in an initial snapshot. */
    INITIAL_LAST,
    /** Row of an incremental snapshot: its time is that of emission. */
    INCREMENTAL
  }
}
