// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import java.util.Set;

/**
 * A position below which a table has nothing left: that of a truncate, or of a completed snapshot
 * whose sweep removes what it did not contain. It holds for the history that it was made in, and
 * for those that this one follows; other sources' rows are not concerned. Immutable.
 *
 * @param at position of the truncate or snapshot
 * @param cause what made it
 * @param earlierEpochs epochs of the same source that the floor's history follows
 * @param replacedEpochs epochs of other sources that it replaces
 * @param beganMicros beginning of the floor's history; see {@link History#beganMicros}
 * @param atMicros commit time of the truncate, or time of the snapshot, in microseconds since the
 *     epoch; 0 where not known
 */
public record Floor(
    Position at,
    Cause cause,
    Set<Integer> earlierEpochs,
    Set<Integer> replacedEpochs,
    long beganMicros,
    long atMicros) {

  /** A floor of a time that is not known. */
  public Floor(
      Position at,
      Cause cause,
      Set<Integer> earlierEpochs,
      Set<Integer> replacedEpochs,
      long beganMicros) {
    this(at, cause, earlierEpochs, replacedEpochs, beganMicros, 0);
  }

  /** Floors that are remembered of a table of versions; older ones are forgotten. */
  public static final int MOST_REMEMBERED = 200;

  /** What makes a floor. */
  public enum Cause {
    TRUNCATE,
    SWEEP
  }

  public Floor {
    earlierEpochs = Set.copyOf(earlierEpochs);
    replacedEpochs = Set.copyOf(replacedEpochs);
  }

  /**
   * Whether a row or change is below. One that was committed in the floor's own history, by a task
   * that did not know of that history yet, has an earlier epoch: its time shows it, and its LSNs
   * are those of the floor's history. A history without a beginning, as an operator has it begin,
   * is known to every task that reads any of it.
   *
   * @param position where it stands
   * @param commitMicros its commit time, microseconds since the epoch; 0 where not known
   */
  public boolean covers(Position position, long commitMicros) {
    if (position.epoch() == at.epoch()) {
      return position.isBelow(at);
    }
    if (!earlierEpochs.contains(position.epoch())) {
      return replacedEpochs.contains(position.epoch());
    }
    boolean mayBeOfThisHistory =
        beganMicros != History.ALWAYS && commitMicros > 0 && commitMicros >= beganMicros;
    return !mayBeOfThisHistory || position.inEpoch(at.epoch()).isBelow(at);
  }

  /** The same with the time of what made it. */
  public Floor atTime(long micros) {
    return new Floor(at, cause, earlierEpochs, replacedEpochs, beganMicros, micros);
  }

  /** The higher of two floors of one epoch. */
  public static Floor max(Floor a, Floor b) {
    return a.at.isBelow(b.at) ? b : a;
  }
}
