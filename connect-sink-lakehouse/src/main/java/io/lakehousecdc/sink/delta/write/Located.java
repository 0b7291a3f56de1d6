// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;

/**
 * A change with the stored rows that its keys point to: the first step of a plan.
 *
 * @param keyValues the key in the form that files take
 * @param key the key as the index knows it
 * @param own row stored under the key, or null
 * @param former row stored under the key that the row had before, or null
 */
record Located(RowChange change, Object[] keyValues, KeyBits key, StoredRow own, StoredRow former) {

  Position position() {
    return change.info().position();
  }

  /** Whether values of unchanged cells are to come from another row than the one under the key. */
  boolean isMove() {
    return change.formerRow() != null;
  }

  /** Whether the row keeps values that the change does not repeat (TOAST). */
  boolean hasUnchangedCells() {
    if (change instanceof RowChange.Upsert upsert) {
      for (Object cell : upsert.cells()) {
        if (cell == Cell.UNCHANGED) {
          return true;
        }
      }
    }
    return false;
  }

  /** The same with another change of the row. */
  Located as(RowChange other) {
    return other == change ? this : new Located(other, keyValues, key, own, former);
  }

  /** The same without a row under the former key. */
  Located withoutFormer() {
    return new Located(change, keyValues, key, own, null);
  }
}
