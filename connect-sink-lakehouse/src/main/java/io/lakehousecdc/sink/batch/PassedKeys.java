// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.Passage;
import io.lakehousecdc.sink.change.RowChange.Step;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.StoredRowState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The keys that rows of a batch had only for a part of a transaction (two rows that swap their keys
 * by way of a third one). What is stored under such a key tells whether the row that came there is
 * the one that left: see {@link Passage}. Stateless.
 */
public final class PassedKeys {
  private PassedKeys() {}

  /**
   * The keys of which a target has to know what it has stored before it can apply the changes; none
   * in most batches. The batch has changes of each of them, but for those that a truncate has made
   * void.
   */
  public static Set<RowKey> of(List<RowChange> changes) {
    Set<RowKey> keys = new HashSet<>();
    Set<FormerRow> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (RowChange change : changes) {
      FormerRow former = change.formerRow();
      while (former != null && former.passage() != null && seen.add(former)) {
        keys.add(former.key());
        former = former.passage().formerRow();
      }
    }
    return keys;
  }

  /**
   * The changes, none of which depends on a passed key any more.
   *
   * @param stored what the target has under the key of a former row when the row leaves it
   */
  public static List<RowChange> settled(
      List<RowChange> changes, Function<FormerRow, StoredRowState> stored) {
    List<RowChange> settled = new ArrayList<>(changes.size());
    changes.forEach(change -> settled.add(settled(change, stored)));
    return settled;
  }

  /** As {@link #settled(List, Function)}, of one change: the same where it depends on none. */
  public static RowChange settled(RowChange change, Function<FormerRow, StoredRowState> stored) {
    RowChange settled = change;
    FormerRow former = change.formerRow();
    while (former != null && former.passage() != null) {
      settled = settled(settled, former, stored.apply(former));
      former = settled.formerRow();
    }
    return settled;
  }

  /**
   * The change that borrows from the row which came to the key, or from the one which is stored
   * there. Where neither is certain to be the row that has left, nobody lends.
   */
  private static RowChange settled(RowChange borrower, FormerRow former, StoredRowState stored) {
    Passage passage = former.passage();
    Object[] known = CellMerge.merge(passage.cells(), borrower.cells());
    if (stored.live() && covers(stored, passage)) {
      return borrower.completed(known, former.withoutPassage());
    }
    if (stored.leavesAfter(passage.steps())) {
      return borrower.completed(borrower.cells(), former.withoutPassage());
    }
    return stored.rowsAfter(passage.steps()) == 1
        ? borrower.completed(known, passage.formerRow())
        : borrower.completed(borrower.cells(), FormerRow.unknown(former.at()));
  }

  /** Whether the row that came last is stored: the target has a part of the transaction already. */
  private static boolean covers(StoredRowState stored, Passage passage) {
    boolean covers = false;
    for (Step step : passage.steps()) {
      covers = step.rows() > 0 ? stored.covers(step.at()) : covers;
    }
    return covers;
  }
}
