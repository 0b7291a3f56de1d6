// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;

/**
 * Where a row takes the cells from that its change leaves unchanged, if not from the row stored
 * under its key: the row under its former key, or an older change of the row that came late.
 *
 * @param key the former key, or the row's own where a late change lends; null where it is not known
 *     whose values the row had
 * @param values what counts where no row is stored under {@code key}; null where only a stored row
 *     can lend
 * @param lateAt position of the late change; null where the key was changed
 */
record Lender(RowKey key, RowImage values, Position lateAt) {

  /** The row under a former key; see the components. */
  static Lender former(RowKey key, RowImage values) {
    return new Lender(key, values, null);
  }

  /**
   * Who lends to a row after an older change of it has come late. Its values count where the row is
   * not stored. A stored row outranks them, because it may stand between the two changes: so it
   * does where the source emits the end of its log again.
   *
   * @param current who lends so far; may be null
   * @param key key of the row
   * @param late what the change knows of the row
   * @param at position of the change
   */
  static Lender orLate(Lender current, RowKey key, RowImage late, Position at) {
    boolean newest = current == null || current.isOwn(key) && current.yieldsTo(at);
    return newest && !CellMerge.hasUnchanged(late.cells()) ? new Lender(key, late, at) : current;
  }

  /** Whether it lends to the row of the same key. */
  boolean isOwn(RowKey borrower) {
    return borrower.equals(key);
  }

  /** The same for the target, with values aligned to {@code union}. */
  FormerRow formerRow(RowSchema union) {
    return new FormerRow(key, values == null ? null : values.alignedTo(union));
  }

  private boolean yieldsTo(Position late) {
    return lateAt == null ? values == null : !late.isBelow(lateAt);
  }
}
