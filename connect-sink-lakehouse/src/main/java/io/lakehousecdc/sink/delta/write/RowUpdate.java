// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.schema.TableShape;

/**
 * An update of many stored rows at once, by a truncate or a sweep. They may be the whole table, so
 * that they are named here and read only while they are written again.
 */
sealed interface RowUpdate permits SoftDelete, VersionEnd {

  /** Where the rows are stored. */
  RowSet rows();

  /**
   * A row as it is to be written.
   *
   * @param row as it was read; is changed
   */
  Object[] applied(Object[] row, TableShape shape);
}
