// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.version;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.StoredRowState;
import java.util.List;

/**
 * A version of a row, as a table of versions holds it.
 *
 * @param opened position of the change that has opened it, or the place right {@link #behind} it
 * @param fromMicros since when it is valid, in microseconds since the epoch; {@link #BEGINNING} for
 *     ever
 * @param toMicros until when it is valid, exclusive; {@link #OPEN} where it is the current one
 * @param applied position of the last change that was applied to it: one that found it as it is, or
 *     the one that has ended it
 * @param appliedMicros commit time of that change
 * @param operation code of that change
 */
public record Version(
    Position opened,
    long fromMicros,
    long toMicros,
    Position applied,
    long appliedMicros,
    String operation) {

  /** The beginning of a version that is valid since ever. */
  public static final long BEGINNING = Long.MIN_VALUE;

  /** The end of a version that is current. */
  public static final long OPEN = Long.MAX_VALUE;

  /**
   * The place right behind a position, for the second of two versions that share it. No other
   * change stands there: records of PostgreSQL's log begin at multiples of eight.
   *
   * @see <a href="https://www.postgresql.org/docs/current/wal-internals.html">WAL internals</a>
   */
  public static Position behind(Position at) {
    return new Position(at.epoch(), at.commitLsn(), at.lsn() + 1);
  }

  public boolean isCurrent() {
    return toMicros == OPEN;
  }

  /** Whether the row itself ended with it, rather than go on as the next version. */
  public boolean isEnded() {
    return isEnd(operation);
  }

  /** Whether a row ends with a change of this code. */
  static boolean isEnd(String operation) {
    return Operation.DELETE.code().equals(operation) || Operation.TRUNCATE.code().equals(operation);
  }

  /**
   * What a change at a position finds of a row.
   *
   * @param versions of the row's key, in order
   */
  public static StoredRowState found(List<Version> versions, Position at) {
    for (int i = versions.size() - 1; i >= 0; i--) {
      Version version = versions.get(i);
      if (!behind(at).isBelow(version.opened)) {
        return version.foundBy(at);
      }
    }
    return StoredRowState.NONE;
  }

  /** What a change at a position finds of the row, where this is its last version until then. */
  public StoredRowState foundBy(Position at) {
    return found(opened, applied, operation, at);
  }

  static StoredRowState found(Position opened, Position applied, String operation, Position at) {
    boolean within = !applied.isBelow(at);
    return new StoredRowState(within ? opened : applied, operation, within || !isEnd(operation));
  }

  /**
   * Whether a truncate, or a snapshot without the row, ends it: it is the last one that stands
   * below, and went on beyond. A row that was deleted later than it was truncated is another one,
   * which came and went within a transaction.
   *
   * @param next the next version of the key; null where there is none
   */
  public boolean isEndedBy(Floor floor, Version next) {
    return mayBeEndedBy(floor) && (next == null || !floor.covers(next.opened, next.fromMicros));
  }

  /** As {@link #isEndedBy}, as far as the version alone tells: a current one has no next. */
  public boolean mayBeEndedBy(Floor floor) {
    boolean below = floor.covers(applied, appliedMicros);
    boolean concerned =
        isEnded()
            ? floor.cause() == Floor.Cause.TRUNCATE && !below && floor.covers(opened, fromMicros)
            : below;
    return concerned && toMicros > endMicros(floor, appliedMicros);
  }

  /** The version as the floor ends it. */
  public Version endedBy(Floor floor) {
    long end = endMicros(floor, appliedMicros);
    return new Version(
        opened, fromMicros, Math.max(fromMicros, end), floor.at(), end, ending(floor).code());
  }

  /** What ends the versions below a floor. */
  static Operation ending(Floor floor) {
    return floor.cause() == Floor.Cause.TRUNCATE ? Operation.TRUNCATE : Operation.DELETE;
  }

  /** When the floor ends a version; where that is not known, when it was changed last. */
  static long endMicros(Floor floor, long appliedMicros) {
    return floor.atMicros() == 0 ? appliedMicros : floor.atMicros();
  }
}
