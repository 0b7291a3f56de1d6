// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.RowChange.Step;
import java.util.List;

/**
 * What a target has under a key before a batch is applied.
 *
 * @param position position of the stored row; null where there is no row, or one without a position
 * @param operation code of the change that wrote it; null where not known
 * @param live whether a row is stored that is not marked as deleted
 */
public record StoredRowState(Position position, String operation, boolean live) {

  /** No row. */
  public static final StoredRowState NONE = new StoredRowState(null, null, false);

  /** Whether another row of the source still had the key when this one was created. */
  public boolean isTakeover() {
    return live && Operation.TAKEOVER.code().equals(operation);
  }

  /** Whether the stored row says all that a change at {@code at} says. */
  public boolean covers(Position at) {
    if (position == null || position.isBelow(at)) {
      return false;
    }
    return at.isBelow(position) || !Operation.READ.code().equals(operation);
  }

  /**
   * Whether, after the steps which the stored row does not cover, it is the next that leaves the
   * key: the oldest does.
   */
  public boolean leavesAfter(List<Step> steps) {
    int older = isTakeover() ? 1 : 0;
    Position last = position;
    for (Step step : steps) {
      if (covers(step.at())) {
        continue;
      }
      if (last == null || !last.isOfSameTransaction(step.at())) {
        older = Math.min(older, 0);
      }
      older += Math.min(step.rows(), 0);
      last = step.at();
    }
    return live && older == 0;
  }

  /** Rows of the source that have the key after the steps which the stored row does not cover. */
  public int rowsAfter(List<Step> steps) {
    int rows = !live ? 0 : isTakeover() ? 2 : 1;
    Position last = position;
    for (Step step : steps) {
      if (covers(step.at())) {
        continue;
      }
      if (last == null || !last.isOfSameTransaction(step.at())) {
        rows = Math.min(rows, 1);
      }
      rows = Math.max(0, rows + step.rows());
      last = step.at();
    }
    return rows;
  }
}
