// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.schema;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.schema.SchemaChange;

/**
 * Which changes of columns make PostgreSQL write every row of the table anew.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES">
 *     ALTER TABLE, Notes</a>
 */
final class Rewrites {
  private Rewrites() {}

  /**
   * Whether a change does: another type does, but for a numeric that takes more digits before the
   * point and as many after it, or any number of them.
   */
  static boolean rewrites(SchemaChange change) {
    if (!(change instanceof SchemaChange.WidenColumn widened)) {
      return false;
    }
    LogicalType from = widened.from();
    LogicalType to = widened.to();
    if (from instanceof Decimal narrow && to instanceof Decimal wide) {
      return narrow.scale() != wide.scale();
    }
    return !(from instanceof Decimal && to == Primitive.NUMERIC);
  }
}
