// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Position;

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
     * source emitted it again.
     */
    REPEATED,
    /** The target has this record already: skip it. */
    REDELIVERED
  }

  static final FilterDecision REDELIVERED = new FilterDecision(Verdict.REDELIVERED, null);
}
