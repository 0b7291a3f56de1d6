// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import java.util.List;

/**
 * Turns the rows and keys of one table, in one layout, into cells. Made by {@link TableCompiler},
 * once per table and layout of row and key.
 */
public final class TableReader {
  private final TableId table;
  private final RowSchema schema;
  private final ColumnReader[] columns;
  private final RowKeys keys;
  private final OldRow oldRow;
  private final int[] withoutPlaceholder;

  /**
   * @param schema columns: those of {@code columns}, then key columns that rows lack
   * @param columns readers of the row's columns
   * @param oldRow tells real old rows; null where only the key is known
   * @param withoutPlaceholder indexes of columns for which Debezium has no placeholder
   */
  TableReader(
      TableId table,
      RowSchema schema,
      List<ColumnReader> columns,
      RowKeys keys,
      OldRow oldRow,
      int[] withoutPlaceholder) {
    this.table = table;
    this.schema = schema;
    this.columns = columns.toArray(ColumnReader[]::new);
    this.keys = keys;
    this.oldRow = oldRow;
    this.withoutPlaceholder = withoutPlaceholder;
  }

  public TableId table() {
    return table;
  }

  public RowSchema schema() {
    return schema;
  }

  public boolean hasKey() {
    return schema.hasKey();
  }

  /** Whether the key's values are in the row alone. */
  public boolean takesKeyFromRow() {
    return keys instanceof RowKeys.FromRow;
  }

  /** Key of a record, with the cells of its row where they are known to be real. */
  public RowKey key(Object recordKey, Object[] cells) {
    return keys.of(recordKey, cells);
  }

  /** Cells of a row; key columns that the row lacks are left null. */
  public Object[] cells(Object row) {
    Object[] cells = new Object[schema.size()];
    for (int i = 0; i < columns.length; i++) {
      cells[i] = columns[i].read(row);
    }
    return cells;
  }

  /** Completes the cells of a row with key columns that only the record key has. */
  public void complete(Object[] cells, RowKey key) {
    for (int i = columns.length; i < cells.length; i++) {
      cells[i] = key.value(schema.keyColumns().indexOf(i));
    }
  }

  /** Whether {@code before} holds the old row in full, and not what Debezium made up. */
  public boolean isReal(Object before) {
    return oldRow.isFull(before);
  }

  /** Whether {@code before} holds the columns that the key is taken from. */
  public boolean holdsKey(Object before) {
    return isReal(before) || oldRow.holdsOverrides(before);
  }

  /** Warns of nulls, after an update without the old row, that may stand for untouched values. */
  public void warnOfUnknownNulls(Object[] cells, Warnings warnings) {
    for (int index : withoutPlaceholder) {
      if (cells[index] == null) {
        warnings.unknownNull(table, schema.column(index).name());
      }
    }
  }
}
