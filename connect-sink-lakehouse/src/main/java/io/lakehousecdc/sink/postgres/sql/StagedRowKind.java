// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.RowChange;

/** What has to be done with a staged row. The ordinal is staged with it. */
public enum StagedRowKind {
  /** Upsert, all cells known. */
  FULL,
  /** Upsert with unchanged cells: the row has to be stored. */
  UNCHANGED,
  /** Upsert with absent cells, none unchanged: a new row gets defaults. */
  ABSENT,
  /** Upsert under a new key whose marked cells are stored under the old one. */
  MOVED,
  /** Creates and deletes of which the stored row tells what is left. */
  UNSETTLED,
  /** Delete of which only the key is known, or that removes the row. */
  DELETE,
  /** Soft delete with all cells known. */
  DELETE_FULL,
  /** Soft delete with some cells known. */
  DELETE_PARTIAL;

  /** Whether some cells of the row are not known. */
  public boolean isPartial() {
    return this == UNCHANGED || this == ABSENT || this == MOVED || this == DELETE_PARTIAL;
  }

  /** Kind of a change in upsert mode. */
  public static StagedRowKind of(RowChange change, TablePlan plan) {
    if (change instanceof RowChange.ConditionalChange) {
      return UNSETTLED;
    }
    boolean delete = change instanceof RowChange.Delete;
    if (delete && (!plan.soft() || change.cells() == null)) {
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
      return unchanged || absent ? DELETE_PARTIAL : DELETE_FULL;
    }
    if (change instanceof RowChange.Upsert upsert
        && upsert.formerRow() != null
        && (unchanged || absent)) {
      return MOVED;
    }
    return unchanged ? UNCHANGED : absent ? ABSENT : FULL;
  }
}
