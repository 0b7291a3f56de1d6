// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;

/**
 * The metadata of an event's source, as its record holds them.
 *
 * @param id source that the event comes from
 * @param table table with its schema; empty if unknown
 * @param sequence null if the record has none
 * @param origin streamed, or the kind of snapshot
 * @param commitTimeMicros commit time in microseconds since the epoch, or {@link #NO_TIME}
 */
public record SourceInfo(
    SourceId id, String table, Sequence sequence, Origin origin, long commitTimeMicros) {

  /** Stands for an unknown commit time; below every real one. */
  public static final long NO_TIME = Long.MIN_VALUE;

  /** The metadata of an event without any. */
  public static final SourceInfo UNKNOWN =
      new SourceInfo(SourceId.UNKNOWN, "", null, Origin.STREAMED, NO_TIME);

  /** The event's place. An LSN without the sequence is none: it does not order transactions. */
  public SourcePosition position() {
    long commitMicros = commitTimeMicros == NO_TIME ? 0 : commitTimeMicros;
    if (sequence == null) {
      return new SourcePosition(
          id, SourcePosition.UNSEQUENCED, SourcePosition.NONE, snapshot(), commitMicros);
    }
    Long commitLsn = sequence.commitLsn();
    return new SourcePosition(
        id,
        commitLsn == null ? SourcePosition.NONE : commitLsn,
        sequence.lsn(),
        snapshot(),
        commitMicros);
  }

  /**
   * Of the two snapshots that are marked alike, only an initial one lacks the commit LSN. A row
   * without a sequence may be of either; its time is not relied on.
   */
  private Snapshot snapshot() {
    return switch (origin) {
      case STREAMED -> Snapshot.NO;
      case INCREMENTAL -> Snapshot.INCREMENTAL;
      case SNAPSHOT ->
          sequence != null && sequence.commitLsn() == null ? Snapshot.INITIAL : Snapshot.BLOCKING;
    };
  }
}
