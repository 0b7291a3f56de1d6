// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.FormerRow.Cause;
import io.lakehousecdc.sink.change.RowChange.Passage;
import io.lakehousecdc.sink.change.RowChange.Step;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import java.util.List;

/**
 * Where a row takes the cells from that its change leaves unchanged, if not from the row stored
 * under its key: the row under its former key, or an older change of the row that came late.
 *
 * @param key the former key, or the row's own where a late change lends; null where it is not known
 *     whose values the row had
 * @param values what counts where no row is stored under {@code key}; null where only a stored row
 *     can lend
 * @param at position of the change of the key, or of the late change
 * @param steps creates and deletes of the former key that tell, with what is stored under it,
 *     whether {@code values} are those of the row that left it; empty where they need not be asked
 */
record Lender(RowKey key, RowImage values, Position at, Cause cause, List<Step> steps) {
  /**
   * Keys, at most, that a row is followed through within a transaction. It bounds what a
   * transaction costs that moves each row to the key of the next one.
   */
  static final int MOST_PASSED_KEYS = 8;

  /** The row under a former key; see the components. */
  static Lender former(RowKey key, RowImage values, Position at) {
    return new Lender(key, values, at, Cause.CHANGED_KEY, List.of());
  }

  /** The row that came to a former key by {@code steps}, and left it again, if it was that row. */
  static Lender passed(RowKey key, RowImage values, Position at, List<Step> steps) {
    Lender first = values.lender();
    boolean tooFar = first != null && first.passedKeys() == MOST_PASSED_KEYS;
    RowImage passed = tooFar ? new RowImage(values.schema(), values.cells(), null) : values;
    return new Lender(key, passed, at, Cause.CHANGED_KEY, steps);
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
        ? new Lender(key, late, at, Cause.LATE_CHANGE, List.of())
        : current;
  }

  /** Whether it lends to the row of the same key. */
  boolean isOwn(RowKey borrower) {
    return borrower.equals(key);
  }

  /** The same for the target, with values aligned to {@code union}. */
  FormerRow formerRow(RowSchema union) {
    Object[] cells = values == null ? null : values.alignedTo(union);
    if (steps.isEmpty()) {
      return new FormerRow(key, cells, at, cause);
    }
    FormerRow none = CellMerge.hasUnchanged(cells) ? FormerRow.unknown(at) : null;
    FormerRow first = values.lender() == null ? none : values.lender().formerRow(union);
    return new FormerRow(key, null, at, cause, new Passage(steps, cells, first));
  }

  private int passedKeys() {
    int first = values == null || values.lender() == null ? 0 : values.lender().passedKeys();
    return steps.isEmpty() ? 0 : 1 + first;
  }

  private boolean yieldsTo(Position late) {
    return cause == Cause.LATE_CHANGE ? !late.isBelow(at) : values == null;
  }
}
