// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.error.FatalException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The column of a table in append mode that lists the columns whose out-of-line (TOAST) values a
 * change has left untouched, so that the source did not send them. They are NULL in the row, as are
 * values that are NULL at the source; the list tells them apart. It is NULL where there are none.
 * To a target it is a column of the batch like any other, and follows the same schema evolution.
 *
 * @param name name of the column; no column of the source may have it
 */
public record UnchangedColumn(String name) {
  private static final LogicalType TYPE = new LogicalType.Array(Primitive.TEXT);

  /**
   * The batch with this as its last column.
   *
   * @param batch of append mode: upserts and deletes
   * @throws FatalException the source has a column of this name
   */
  public TableBatch addTo(TableBatch batch) {
    if (batch.changes().isEmpty()) {
      return batch; // It asks nothing of the table's columns.
    }
    RowSchema schema = batch.schema();
    if (schema.indexOf(name) >= 0) {
      throw new FatalException(
          "Table "
              + batch.table()
              + ": the source has a column "
              + name
              + " too. Give metadata.column.unchanged another name, or leave it empty.");
    }
    List<Column> columns = new ArrayList<>(schema.columns());
    columns.add(new Column(name, TYPE, true));
    List<RowChange> rows = new ArrayList<>(batch.changes().size());
    for (RowChange change : batch.changes()) {
      rows.add(listed(change, schema));
    }
    return batch.withRows(new RowSchema(columns, schema.keyColumns()), rows);
  }

  private static RowChange listed(RowChange change, RowSchema schema) {
    Object[] cells = change.cells();
    if (cells == null) {
      return change;
    }
    Object[] wider = Arrays.copyOf(cells, cells.length + 1);
    wider[cells.length] = unchanged(cells, schema);
    return change instanceof RowChange.Delete
        ? new RowChange.Delete(change.key(), wider, change.info())
        : new RowChange.Upsert(change.key(), wider, change.info());
  }

  /** Null where there are none. Key columns are not among them: the key has their values. */
  private static List<String> unchanged(Object[] cells, RowSchema schema) {
    List<String> names = null;
    for (int i = 0; i < cells.length; i++) {
      if (cells[i] == Cell.UNCHANGED && !schema.keyColumns().contains(i)) {
        names = names == null ? new ArrayList<>() : names;
        names.add(schema.column(i).name());
      }
    }
    return names;
  }
}
