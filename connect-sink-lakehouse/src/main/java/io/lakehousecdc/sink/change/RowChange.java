// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import java.util.List;

/** A change of one row. */
public sealed interface RowChange {

  /** Key of the row; of no values where the table has no key (append mode only). */
  RowKey key();

  ChangeInfo info();

  /** Cells aligned to the batch's schema, or null where a delete knows no values. */
  Object[] cells();

  /**
   * Where values of unchanged cells are to be taken from; null where from the row stored under the
   * same key.
   */
  default FormerRow formerRow() {
    return null;
  }

  /**
   * The same with what is known meanwhile of the cells that it leaves unchanged; a delete stays as
   * it is.
   *
   * @param completed its cells
   * @param lender where those come from that are still unchanged; null where from the row stored
   *     under the same key
   */
  default RowChange completed(Object[] completed, FormerRow lender) {
    return this;
  }

  /**
   * The row now has these values.
   *
   * @param cells canonical values, or {@link Cell} marks, aligned to the schema; not modified later
   * @param formerRow where unchanged cells come from, if not from the row stored under the same
   *     key; else null
   * @param createdAt position of the create with which the changes of this key begin in the batch,
   *     where it is not known whether another row had the key then; else null. See {@link #over}
   */
  record Upsert(
      RowKey key, Object[] cells, ChangeInfo info, FormerRow formerRow, Position createdAt)
      implements RowChange {
    public Upsert(RowKey key, Object[] cells, ChangeInfo info) {
      this(key, cells, info, null, null);
    }

    public Upsert(RowKey key, Object[] cells, ChangeInfo info, FormerRow formerRow) {
      this(key, cells, info, formerRow, null);
    }

    @Override
    public Upsert completed(Object[] completed, FormerRow lender) {
      return new Upsert(key, completed, info, lender, createdAt);
    }

    /**
     * The change as it is to be stored over {@code stored}: a row created under a key that another
     * row still has is marked {@link Operation#TAKEOVER}.
     */
    public Upsert over(StoredRowState stored) {
      boolean shared =
          createdAt != null
              && stored.live()
              && (stored.isTakeover()
                  || stored.position() == null
                  || stored.position().isBelow(createdAt));
      return shared ? new Upsert(key, cells, info.as(Operation.TAKEOVER), formerRow, null) : this;
    }
  }

  /**
   * The row is gone.
   *
   * @param cells the last values known from earlier changes of the same batch (or, in append mode,
   *     the before image), aligned to the schema; null where nothing but the key is known
   */
  record Delete(RowKey key, Object[] cells, ChangeInfo info) implements RowChange {

    /**
     * Whether the row has to be stored: the batch does not begin with it, and the delete does not
     * come again. If it is not, the key may be one that the source has made up.
     */
    public boolean expectsRow() {
      return cells == null && info.delivery() == Delivery.IN_ORDER;
    }

    /**
     * Whether the delete leaves a row alone that is not newer: it is known to have outlived it. (A
     * tombstone stands at the position of the delete that it follows.)
     */
    public boolean spares(StoredRowState stored) {
      return stored.live()
          && Operation.SURVIVAL.code().equals(stored.operation())
          && info.position().equals(stored.position());
    }
  }

  /**
   * Creates and deletes of a key of which only the stored row tells what is left: the row itself,
   * or another that took its key over before it was deleted (deferrable keys). A target settles it
   * with what it has stored before the batch.
   *
   * @param cells values that the row has if it is there; null where the changes know none
   * @param before its last values if it is gone, aligned to the schema; null where not known
   * @param info of the last change
   * @param formerRow where unchanged cells come from, if not from the row stored under the same
   *     key; else null
   * @param steps the creates and deletes in order
   */
  record ConditionalChange(
      RowKey key,
      Object[] cells,
      Object[] before,
      ChangeInfo info,
      FormerRow formerRow,
      List<Step> steps)
      implements RowChange {

    @Override
    public ConditionalChange completed(Object[] completed, FormerRow lender) {
      return new ConditionalChange(key, completed, before, info, lender, steps);
    }

    /** The change that this one is where {@code stored} is what the target has under the key. */
    public RowChange settle(StoredRowState stored, int width) {
      int rows = stored.rowsAfter(steps);
      if (rows == 0) {
        return new Delete(key, before, info.as(Operation.DELETE));
      }
      boolean outlived = info.operation() == Operation.DELETE;
      Operation operation = outlived ? Operation.SURVIVAL : info.operation();
      operation = rows > 1 ? Operation.TAKEOVER : operation;
      Object[] values = cells == null ? Cell.absent(width) : cells;
      return new Upsert(key, values, info.as(operation), formerRow);
    }
  }

  /**
   * A create or delete.
   *
   * @param rows 1 or -1
   */
  record Step(Position at, int rows) {}

  /**
   * Where a row takes unchanged cells from: one whose key was changed, from that of its former key.
   *
   * @param key key under which the row was stored until then (its own, where an older change of it
   *     that came late lends values); null where it is not known, so that no stored row can lend
   *     its values (except the row itself, where the same change has stored it before)
   * @param lent values of the row, aligned to the batch's schema, that count if no stored row lends
   *     its own; null where only a stored row can
   * @param at position of the change of its key, or of the change that came late
   * @param passage how the row came to {@code key}, where what is stored there tells whether it was
   *     the row that left, which is settled before the change is applied; else null
   */
  record FormerRow(RowKey key, Object[] lent, Position at, Cause cause, Passage passage) {

    public FormerRow(RowKey key, Object[] lent, Position at, Cause cause) {
      this(key, lent, at, cause, null);
    }

    /** A row of which nobody knows what it was: it lends nothing. */
    public static FormerRow unknown(Position at) {
      return new FormerRow(null, null, at, Cause.CHANGED_KEY);
    }

    /** The same where it is the row stored under {@link #key} that has left it. */
    public FormerRow withoutPassage() {
      return passage == null ? this : new FormerRow(key, lent, at, cause);
    }

    /** Why unchanged cells do not come from the row as it is stored. */
    public enum Cause {
      /** The row was stored under another key. */
      CHANGED_KEY,
      /** An older change of the row came after the newer one. */
      LATE_CHANGE
    }

    /**
     * Whether the row stored under {@link #key} lends its values. After a change of the key it has
     * to be the row that left it: not one that came later, nor one that took the key over in the
     * same transaction. After a late change it has to be as new as that change; it may stand
     * between the two, where the source emits the end of its log again.
     *
     * @param stored of a row that is there
     * @param borrower position of the change that takes the values
     */
    public boolean isLentBy(StoredRowState stored, Position borrower) {
      boolean counts = stored.live() || lent == null;
      Position found = stored.position();
      if (found == null || !counts) {
        return counts;
      }
      return switch (cause) {
        case CHANGED_KEY ->
            !at.isBelow(found) && !(stored.isTakeover() && found.isOfSameTransaction(at));
        case LATE_CHANGE -> !found.isBelow(at) && !borrower.isBelow(found);
      };
    }
  }

  /**
   * How a row came to a key that it left again within the same transaction. A row that was stored
   * under the key before would have left it first (deferrable keys).
   *
   * @param steps creates and deletes of the key until the row left, in order; a create among them
   * @param cells what the changes tell of the row, aligned to the batch's schema
   * @param formerRow where its unchanged cells come from; null where it has none
   */
  record Passage(List<Step> steps, Object[] cells, FormerRow formerRow) {}
}
