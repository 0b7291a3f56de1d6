// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.version;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;

/**
 * A version on a {@link Timeline}: one that is stored, as the timeline changes it, or a new one.
 * Not thread-safe.
 */
public final class Span {
  /** No change: what is stored counts. */
  public static final int STORED = -1;

  private final Version stored;
  private final Version source;
  private final Position opened;
  private long from;
  private long to;
  private Position applied;
  private long appliedMicros;
  private String operation;
  private int values;
  private int update = STORED;
  private boolean removed;

  private Span(
      Version stored, Version source, Position opened, long from, int values, String operation) {
    this.stored = stored;
    this.source = source;
    this.opened = opened;
    this.from = from;
    this.to = Version.OPEN;
    this.applied = opened;
    this.appliedMicros = from;
    this.values = values;
    this.operation = operation;
  }

  static Span of(Version stored) {
    Span span =
        new Span(stored, stored, stored.opened(), stored.fromMicros(), STORED, stored.operation());
    span.to = stored.toMicros();
    span.applied(stored.applied(), stored.appliedMicros(), stored.operation());
    return span;
  }

  /**
   * A version that a change opens.
   *
   * @param number of the change
   * @param place position of the change, or the place right behind it
   * @param before the version before it, where that lends values; else null
   */
  static Span opened(int number, ChangeInfo info, Position place, Span before) {
    Version lender = before == null ? null : before.source;
    return new Span(null, lender, place, info.commitMicros(), number, info.operation().code());
  }

  /** The part of the version that is left behind another one which comes in between. */
  Span rest() {
    Span rest = new Span(null, source, applied, appliedMicros, values, operation);
    rest.update = update;
    rest.to = to;
    return rest;
  }

  /** The version as it is stored; null where it is a new one. */
  public Version stored() {
    return stored;
  }

  /**
   * The stored version whose values count where {@link #values} is {@link #STORED}, and where the
   * change leaves cells alone; null where there is none.
   */
  public Version source() {
    return source;
  }

  /** Number of the change whose values it has; {@link #STORED} for those of {@link #source}. */
  public int values() {
    return values;
  }

  /**
   * Number of the change from which it takes the values of columns that make no versions; {@link
   * #STORED} where it keeps them.
   */
  public int update() {
    return update;
  }

  /** Whether it is no version any more. */
  public boolean isRemoved() {
    return removed;
  }

  /** The version as it is to be stored. */
  public Version version() {
    return new Version(opened, from, to, applied, appliedMicros, operation);
  }

  /** Whether anything of a stored version is to be changed. */
  public boolean isChanged() {
    return removed || values != STORED || update != STORED || !version().equals(stored);
  }

  Position opened() {
    return opened;
  }

  Position applied() {
    return applied;
  }

  long appliedMicros() {
    return appliedMicros;
  }

  String operation() {
    return operation;
  }

  boolean isEnded() {
    return Version.isEnd(operation);
  }

  /**
   * Whether a change is of the transaction that has opened it. Transactions may share a position
   * after a restart of the source, and the first one shares it with rows of a snapshot; then times
   * differ. A version begins later than its transaction where the clock was set back.
   */
  boolean isOpenedBy(ChangeInfo change) {
    boolean streamed = change.operation() != Operation.READ && !isOpenedByInitialSnapshot();
    return streamed
        && opened.isOfSameTransaction(change.position())
        && change.commitMicros() <= from;
  }

  /** Rows of an initial snapshot have the LSN 0. */
  private boolean isOpenedByInitialSnapshot() {
    Position first = new Position(opened.epoch(), opened.commitLsn(), 0);
    return !Version.behind(first).isBelow(opened);
  }

  /** Whether what was applied last shares a position. */
  boolean isAppliedAt(Position at) {
    return applied.equals(at) || applied.equals(Version.behind(at));
  }

  /**
   * Whether a change is later than what was applied last. A streamed change is later than a row of
   * a snapshot that shares its position, whichever arrives first: what such a row has more, changes
   * that follow will bring. The time of the row says nothing of that: it is of another clock, and
   * that of reading. Of two of a kind the time tells which one has come again.
   */
  boolean isAppliedBefore(ChangeInfo change) {
    if (!isAppliedAt(change.position())) {
      return applied.isBelow(change.position());
    }
    boolean isRead = change.operation() == Operation.READ;
    return Operation.READ.code().equals(operation) == isRead
        ? change.commitMicros() > Math.max(from, appliedMicros)
        : !isRead;
  }

  /** Whether a change is of the transaction that was applied last. */
  boolean isAppliedBy(ChangeInfo change) {
    return applied.isOfSameTransaction(change.position()) && appliedMicros == change.commitMicros();
  }

  /** A later change of the transaction that has opened it, and was ended since. */
  void replace(int number) {
    values = number;
  }

  /** A later change of the transaction that has opened it. */
  void replace(int number, ChangeInfo info) {
    values = number;
    to = Version.OPEN;
    applied(info);
  }

  /** A change that makes no version. */
  void update(int number, ChangeInfo info) {
    update = number;
    to = Version.OPEN;
    applied(info);
  }

  /** A delete ends the row. */
  void end(ChangeInfo info) {
    applied(info);
  }

  /** A truncate, or a snapshot without the row, ends it. */
  void end(Floor floor) {
    applied(floor.at(), Version.endMicros(floor, appliedMicros), Version.ending(floor).code());
  }

  /** Takes the end of another version. */
  void endAs(Span other) {
    applied(other.applied, other.appliedMicros, other.operation);
  }

  /** Takes back what was applied after it was opened. */
  void endBefore() {
    applied(opened, from, Operation.UPDATE.code());
  }

  void remove() {
    removed = true;
  }

  /** Another row begins in the place of one that was removed. */
  void reopen(int number, ChangeInfo info) {
    removed = false;
    from = info.commitMicros();
    update = STORED;
    replace(number, info);
  }

  void since(long micros) {
    from = micros;
  }

  /**
   * Sets the bounds.
   *
   * @param earliest end of the version before it
   * @param isFirst whether there is none
   */
  void begin(long earliest, boolean isFirst) {
    if (!isFirst && from == Version.BEGINNING) {
      from = appliedMicros;
    }
    from = Math.max(from, earliest);
  }

  /** Sets the end to the beginning of the next version. */
  void until(long next) {
    to = isEnded() ? Math.max(from, appliedMicros) : next;
  }

  /**
   * Sets the end where there is no next version. One that had ended is not current again unless a
   * change has found it: others have deleted what followed.
   */
  void last() {
    until(Math.max(from, to));
  }

  private void applied(ChangeInfo info) {
    Position at = Position.max(opened, info.position());
    applied(at, info.commitMicros(), info.operation().code());
  }

  private void applied(Position at, long micros, String code) {
    applied = at;
    appliedMicros = micros;
    operation = code;
  }
}
