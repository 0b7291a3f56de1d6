// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import java.util.HashMap;
import java.util.Map;

/**
 * The rows that a batch has deleted, by position. A changed key arrives as a delete of the old key
 * and a create of the new one at the same position; the create does not repeat unchanged values, so
 * they move over from the old row. Not thread-safe.
 */
final class DepartedRows {
  private final Map<Position, DepartedRow> rows = new HashMap<>();

  /** Takes note of the row that the delete at {@code at} took. */
  void add(Position at, DepartedRow row) {
    rows.put(at, row);
  }

  /**
   * The row that arrives with an upsert under another key.
   *
   * @return null where nothing has to move
   */
  DepartedRow arriving(
      RowKey key, Object[] cells, ChangeInfo info, TransactionVisibility visibility) {
    if (info.operation() != Operation.CREATE || !CellMerge.hasUnchanged(cells)) {
      return null;
    }
    DepartedRow row = rows.get(info.position());
    if (row != null && !key.equals(row.key())) {
      return row;
    }
    return visibility == TransactionVisibility.NONE ? null : DepartedRow.UNKNOWN;
  }
}
