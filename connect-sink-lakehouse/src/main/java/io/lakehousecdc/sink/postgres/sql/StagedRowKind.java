// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.RowChange;

/** Kind of a staged row: what has to be done with it. The ordinal is staged with the row. */
public enum StagedRowKind {
  /** Upsert, all cells known. */
  FULL,
  /** Upsert with unchanged cells: the row has to be stored. */
  UNCHANGED,
  /** Upsert with absent cells, none unchanged: a new row gets defaults. */
  ABSENT,
  /** Upsert under a new key whose unchanged and absent cells are stored under the old one. */
  MOVED,
  /**
   * Creates and deletes of which the stored row tells what is left: asked first of all, it makes
   * another kind of them, so that no statement applies rows of this one.
   */
  CONDITIONAL,
  /** Delete of which only the key is known, or that removes the row. */
  DELETE,
  /** Soft delete with all cells known. */
  DELETE_FULL,
  /** Soft delete with some cells known, none unchanged: a row that is not stored gets defaults. */
  DELETE_PARTIAL,
  /** Soft delete with unchanged cells: a row that is not stored came and went unseen. */
  DELETE_UNCHANGED;

  /** Whether some cells of the row are not known. */
  public boolean isPartial() {
    return switch (this) {
      case UNCHANGED, ABSENT, MOVED, DELETE_PARTIAL, DELETE_UNCHANGED -> true;
      case FULL, CONDITIONAL, DELETE, DELETE_FULL -> false;
    };
  }

  /** Whether the row may be new in the table. */
  public boolean mayInsert() {
    return switch (this) {
      case FULL, ABSENT, MOVED, DELETE_FULL, DELETE_PARTIAL -> true;
      case UNCHANGED, CONDITIONAL, DELETE, DELETE_UNCHANGED -> false;
    };
  }

  /** Whether it is a delete. */
  boolean isDelete() {
    return compareTo(DELETE) >= 0;
  }

  /** Kind of a change in upsert mode. */
  public static StagedRowKind of(RowChange change, TablePlan plan) {
    if (change instanceof RowChange.ConditionalChange) {
      return CONDITIONAL;
    }
    boolean delete = change instanceof RowChange.Delete;
    if (delete && (!plan.softDeletes() || change.cells() == null)) {
      return DELETE;
    }
    boolean unchanged = false;
    boolean absent = false;
    Object[] cells = change.cells();
    for (WrittenColumn column : plan.columns()) {
      Object cell = cells[column.index()];
      unchanged |= cell == Cell.UNCHANGED;
      absent |= cell == Cell.ABSENT;
    }
    if (delete) {
      return unchanged ? DELETE_UNCHANGED : absent ? DELETE_PARTIAL : DELETE_FULL;
    }
    if (change instanceof RowChange.Upsert upsert
        && upsert.formerRow() != null
        && (unchanged || absent)) {
      return MOVED;
    }
    return unchanged ? UNCHANGED : absent ? ABSENT : FULL;
  }
}
