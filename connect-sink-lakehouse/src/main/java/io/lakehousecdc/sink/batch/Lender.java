// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.FormerRow.Cause;
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
 * @param at position of the change of the key, or of the late change
 */
record Lender(RowKey key, RowImage values, Position at, Cause cause) {

  /** The row under a former key; see the components. */
  static Lender former(RowKey key, RowImage values, Position at) {
    return new Lender(key, values, at, Cause.CHANGED_KEY);
  }

  /**
   * Who lends to a row after an older change of it has come late. Its values count where the row is
   * not stored, or is older than the late change.
   *
   * @param current who lends so far; may be null
   * @param key key of the row
   * @param late what the change knows of the row
   * @param at position of the change
   */
  static Lender orLate(Lender current, RowKey key, RowImage late, Position at) {
    boolean newest = current == null || current.isOwn(key) && current.yieldsTo(at);
    return newest && !CellMerge.hasUnchanged(late.cells())
        ? new Lender(key, late, at, Cause.LATE_CHANGE)
        : current;
  }

  /** Whether it lends to the row of the same key. */
  boolean isOwn(RowKey borrower) {
    return borrower.equals(key);
  }

  /** The same for the target, with values aligned to {@code union}. */
  FormerRow formerRow(RowSchema union) {
    return new FormerRow(key, values == null ? null : values.alignedTo(union), at, cause);
  }

  private boolean yieldsTo(Position late) {
    return cause == Cause.LATE_CHANGE ? !late.isBelow(at) : values == null;
  }
}
