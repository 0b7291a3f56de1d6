// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.schema.ObservedSchema;
import java.util.List;
import java.util.Optional;

/**
 * All that one commit does to one table. Applied in this order: the truncate, the row changes, the
 * sweep.
 *
 * @param table target table
 * @param schema columns that the cells of every change are aligned to: the union of the schemas
 *     seen in the batch
 * @param changes in upsert mode at most one per key; in append mode every change, in arrival order
 * @param truncateBelow rows below this position are gone; the target remembers the greatest such
 *     position and drops changes below it that arrive later, from whichever task
 * @param sweep snapshot that completed in this batch
 * @param observedSchemas which columns the source's table had, and when; empty where it is not
 *     known
 */
public record TableBatch(
    TableId table,
    RowSchema schema,
    List<RowChange> changes,
    Optional<Position> truncateBelow,
    Optional<Sweep> sweep,
    List<ObservedSchema> observedSchemas) {

  /** A batch that does not tell which columns the source's table had. */
  public TableBatch(
      TableId table,
      RowSchema schema,
      List<RowChange> changes,
      Optional<Position> truncateBelow,
      Optional<Sweep> sweep) {
    this(table, schema, changes, truncateBelow, sweep, List.of());
  }

  /** The same for another table. */
  public TableBatch withTable(TableId other) {
    return new TableBatch(other, schema, changes, truncateBelow, sweep, observedSchemas);
  }

  /**
   * The same with other rows.
   *
   * @param columns what the cells of {@code rows} are aligned to
   */
  public TableBatch withRows(RowSchema columns, List<RowChange> rows) {
    return new TableBatch(table, columns, rows, truncateBelow, sweep, observedSchemas);
  }

  /** The same with a truncate at {@code position}, in place of its own if it has one. */
  public TableBatch withTruncateBelow(Position position) {
    return new TableBatch(table, schema, changes, Optional.of(position), sweep, observedSchemas);
  }
}
