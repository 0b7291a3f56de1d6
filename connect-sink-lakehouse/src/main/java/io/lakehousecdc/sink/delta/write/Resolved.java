// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;

/**
 * A change that takes effect, because the stored row is not newer: the second step of a plan.
 *
 * @param lender stored row that lends values to cells which the change leaves alone, or null
 */
record Resolved(Located located, StoredRow lender) {

  /** Whether the change leaves cells alone, and nothing tells what they hold. */
  boolean lacksValues() {
    return lender == null && lent() == null && located.hasUnchangedCells();
  }

  /**
   * Whether it comes again, after later changes of its partition, and its row is gone since: it has
   * no effect.
   */
  boolean isSuperseded() {
    return located.change().info().delivery() == Delivery.AGAIN && lacksValues();
  }

  /** Values that count where no stored row can lend any; null where there are none. */
  Object[] lent() {
    return lender != null || !located.isMove() ? null : located.change().formerRow().lent();
  }
}
