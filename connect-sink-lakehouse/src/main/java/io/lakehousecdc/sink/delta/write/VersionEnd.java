// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.schema.VersionColumns;

/**
 * The end of stored versions.
 *
 * @param floor what ends them
 */
record VersionEnd(RowSet rows, Floor floor) implements RowUpdate {

  @Override
  public Object[] applied(Object[] row, TableShape shape) {
    VersionColumns versions = shape.versions().orElseThrow();
    versions.stamp(row, versions.of(row).endedBy(floor));
    return row;
  }
}
