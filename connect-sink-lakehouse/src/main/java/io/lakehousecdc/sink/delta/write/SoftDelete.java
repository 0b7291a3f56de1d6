// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.delta.schema.TableShape;

/**
 * A soft delete of stored rows.
 *
 * @param rows where they are stored
 * @param operation what deletes them
 * @param at its position, which becomes theirs
 */
record SoftDelete(RowSet rows, Operation operation, Position at) implements RowUpdate {

  /** Its time stays. */
  @Override
  public Object[] applied(Object[] row, TableShape shape) {
    int time = shape.timePlace();
    long micros = time < 0 ? 0 : TableShape.micros(row[time]);
    shape.stamp(row, new ChangeInfo(operation, at, micros), true);
    return row;
  }
}
