// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Floor;
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
 * @param changes in upsert mode at most one per key; in append mode every change, in arrival order;
 *     in history mode at most one per key and transaction, those of a key in order, each completed
 *     with what the one before it tells
 * @param truncates rows below these floors are gone, at most one for each epoch; the target
 *     remembers the greatest of each epoch and drops changes below it that arrive later, from
 *     whichever task. In history mode all truncates, in order: the target remembers them, and each
 *     ends what is below
 * @param sweep snapshot that completed in this batch
 * @param observedSchemas which columns the source's table had, and when; empty where it is not
 *     known
 */
public record TableBatch(
    TableId table,
    RowSchema schema,
    List<RowChange> changes,
    List<Floor> truncates,
    Optional<Sweep> sweep,
    List<ObservedSchema> observedSchemas) {

  /** A batch that does not tell which columns the source's table had. */
  public TableBatch(
      TableId table,
      RowSchema schema,
      List<RowChange> changes,
      List<Floor> truncates,
      Optional<Sweep> sweep) {
    this(table, schema, changes, truncates, sweep, List.of());
  }

  /** Copies the lists. */
  public TableBatch {
    truncates = List.copyOf(truncates);
  }

  /** The same for another table. */
  public TableBatch withTable(TableId other) {
    return new TableBatch(other, schema, changes, truncates, sweep, observedSchemas);
  }

  /**
   * The same with other rows.
   *
   * @param columns what the cells of {@code rows} are aligned to
   */
  public TableBatch withRows(RowSchema columns, List<RowChange> rows) {
    return new TableBatch(table, columns, rows, truncates, sweep, observedSchemas);
  }

  /** The same with other truncates in place of its own. */
  public TableBatch withTruncates(List<Floor> floors) {
    return new TableBatch(table, schema, changes, floors, sweep, observedSchemas);
  }
}
