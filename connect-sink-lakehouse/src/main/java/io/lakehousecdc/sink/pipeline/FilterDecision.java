// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;

/**
 * What {@link PartitionProgress} decided about a record.
 *
 * @param verdict decision
 * @param position position that the change has; null for a redelivery
 */
record FilterDecision(Verdict verdict, Position position) {

  enum Verdict {
    /** Apply it. */
    NEW,
    /**
     * Apply it where rows are guarded by position; where they are logged, it is a duplicate: the
     * source emitted it again, or it is replayed.
     */
    REPEATED,
    /** The target has this record already: skip it. */
    REDELIVERED
  }

  static final FilterDecision REDELIVERED = new FilterDecision(Verdict.REDELIVERED, null);

  /** How the change came, for the target. */
  Delivery delivery() {
    return verdict == Verdict.NEW ? Delivery.IN_ORDER : Delivery.AGAIN;
  }
}
