// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dedup;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;

/**
 * Position and time of a change.
 *
 * @param source source of the change
 * @param position where the change stands
 * @param commitTimeMicros its own commit time where it is dated, else the latest known when it
 *     arrived; microseconds since the epoch, 0 where none is known
 * @param dated whether the time is the change's own, repeated by every re-emission, and so may
 *     prove that the change is new
 */
record Stamp(SourceId source, Position position, long commitTimeMicros, boolean dated) {

  /**
   * Whether a change stamped so has been superseded by the other. It stands below it, and was not
   * committed after it: a lower position with a later commit is no re-emission but another history,
   * even if its epoch was not recognised. Which of two sources comes after the other is not known
   * here: the epochs that this task has given them begin anew with every restart.
   */
  boolean isSupersededBy(Stamp other) {
    return source.equals(other.source)
        && position.isBelow(other.position)
        && !(dated && commitTimeMicros > other.commitTimeMicros);
  }
}
