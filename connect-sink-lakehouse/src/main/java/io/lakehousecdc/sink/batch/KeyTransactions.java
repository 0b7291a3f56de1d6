// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.StoredRowState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * What the transactions of a batch make of one key, in order (history mode). A row that leaves the
 * key takes along what the transactions before have told of it. Not thread-safe.
 */
final class KeyTransactions {
  private static final StoredRowState ONE_ROW = new StoredRowState(null, null, true);

  /**
   * Creates and deletes, about, that are followed back to tell which row has left a key. What is
   * stored tells the rest, as if the key had not been used before.
   */
  private static final int MOST_STEPS = 64;

  private final RowKey key;
  private final List<PendingRow> rows = new ArrayList<>(1);

  /** What came again after later changes of the key: it is not the row that those have found. */
  private final Set<PendingRow> repeated = Collections.newSetFromMap(new IdentityHashMap<>());

  /** No transaction so far. */
  KeyTransactions(RowKey key) {
    this.key = key;
  }

  /**
   * What there is of the change's transaction; a new, empty one in its place otherwise. Those that
   * share a position stand in the order in which they came.
   */
  PendingRow rowOf(ChangeInfo info) {
    int index = rows.size();
    while (index > 0) {
      PendingRow row = rows.get(index - 1);
      if (isOfSameTransaction(row.last(), info)) {
        return row;
      }
      if (!info.position().isBelow(row.position())) {
        break;
      }
      index--;
    }
    PendingRow row = new PendingRow(key);
    if (index < rows.size() && info.delivery() == Delivery.AGAIN) {
      repeated.add(row);
    }
    rows.add(index, row);
    return row;
  }

  /** Rows of a snapshot share its position with the transaction that comes first after it. */
  private static boolean isOfSameTransaction(ChangeInfo a, ChangeInfo b) {
    return a.position().isOfSameTransaction(b.position())
        && a.commitMicros() == b.commitMicros()
        && (a.operation() == Operation.READ) == (b.operation() == Operation.READ);
  }

  /**
   * Adds the changes of the key; each takes what it leaves alone from the one before it, or from
   * the row that lends to that one.
   */
  void addTo(List<RowChange> changes, RowSchema union) {
    RowChange before = null;
    for (PendingRow row : rows) {
      RowChange change = row.change(union);
      if (leavesValues(before) && change.formerRow() == null && change.cells() != null) {
        Object[] cells = CellMerge.merge(before.cells(), change.cells());
        FormerRow lender = CellMerge.hasUnchanged(cells) ? before.formerRow() : null;
        change = change.completed(cells, lender);
      }
      before = repeated.contains(row) ? before : change;
      changes.add(change);
    }
  }

  private static boolean leavesValues(RowChange change) {
    return change != null && !(change instanceof RowChange.Delete) && change.cells() != null;
  }

  /** The row as it is, for one that it becomes under another key while it stays here. */
  DepartedRow leaving(RowSchema union) {
    PendingRow last = rows.get(rows.size() - 1);
    return departing(rows.size() - 1, last.left(), union);
  }

  /**
   * A row that has left the key, with the values that transactions before have left.
   *
   * @param row the transaction in which it left
   * @param gone what that tells of it
   */
  DepartedRow completed(PendingRow row, DepartedRow gone, RowSchema union) {
    int before = rows.indexOf(row) - 1;
    if (gone.isPassed()) {
      return passed(gone, before, union);
    }
    return gone.knowsValues() ? completed(gone, before, union) : departing(before, gone, union);
  }

  /**
   * A row that may be the one which came to the key before it left, as transactions before tell.
   *
   * @param index of the transaction before; -1 for none
   */
  private DepartedRow passed(DepartedRow gone, int index, RowSchema union) {
    DepartedRow row = gone;
    for (int i = index; i >= 0 && row.steps().size() < MOST_STEPS; i--) {
      PendingRow before = rows.get(i);
      if (repeated.contains(before)) {
        continue;
      }
      if (before.isDeleted()) {
        return row.settled(StoredRowState.NONE);
      }
      if (before.openSteps().isEmpty()) {
        return row.onlyCame() ? departing(i, DepartedRow.UNKNOWN, union) : row.settled(ONE_ROW);
      }
      row = row.after(before.openSteps());
    }
    return row;
  }

  /**
   * The row as a transaction has left it.
   *
   * @param index of the transaction; -1 for none
   * @param otherwise what counts where that has left none
   */
  private DepartedRow departing(int index, DepartedRow otherwise, RowSchema union) {
    int last = index;
    while (last >= 0 && repeated.contains(rows.get(last))) {
      last--;
    }
    if (last < 0) {
      return otherwise;
    }
    PendingRow row = rows.get(last);
    if (row.isLive()) {
      return completed(row.left(), last - 1, union);
    }
    return row.openSteps().isEmpty() ? otherwise : row.survivor().orElse(otherwise);
  }

  /** A row with what it leaves unchanged, from the transaction of an index and those before. */
  private DepartedRow completed(DepartedRow row, int index, RowSchema union) {
    DepartedRow known = row;
    for (int i = index; i >= 0 && known.borrows(); i--) {
      PendingRow before = rows.get(i);
      if (!repeated.contains(before)) {
        if (!before.isLive()) {
          break;
        }
        known = known.over(before.left(), union);
      }
    }
    return known;
  }
}
