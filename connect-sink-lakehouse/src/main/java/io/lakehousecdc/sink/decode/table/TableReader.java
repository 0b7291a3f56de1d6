// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import java.util.List;

/**
 * The reader of one table's rows and keys in one layout, as cells. {@link TableCompiler} makes one
 * per table and layout of row and key.
 */
public final class TableReader {
  private final TableId table;
  private final RowSchema schema;
  private final ColumnReader[] columns;
  private final RowKeys keys;
  private final OldRow oldRow;
  private final DoubtfulNulls doubtful;

  /**
   * @param schema columns of {@code columns}, then key columns that rows lack
   * @param columns readers of the row's columns
   * @param oldRow test of old rows; null if only the key is known
   * @param doubtful columns in which NULL may stand for a lost value
   */
  TableReader(
      TableId table,
      RowSchema schema,
      List<ColumnReader> columns,
      RowKeys keys,
      OldRow oldRow,
      DoubtfulNulls doubtful) {
    this.table = table;
    this.schema = schema;
    this.columns = columns.toArray(ColumnReader[]::new);
    this.keys = keys;
    this.oldRow = oldRow;
    this.doubtful = doubtful;
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

  /** Whether the key's values are only in the row. */
  public boolean takesKeyFromRow() {
    return keys instanceof RowKeys.FromRow;
  }

  /**
   * The key of a row.
   *
   * @param cells cells of the row, if they are known to be real; else null
   */
  public RowKey key(Object recordKey, Object[] cells) {
    return keys.of(recordKey, cells);
  }

  /** The cells of a row; key columns that the row lacks are null. */
  public Object[] cells(Object row) {
    Object[] cells = new Object[schema.size()];
    for (int i = 0; i < columns.length; i++) {
      cells[i] = columns[i].read(row);
    }
    return cells;
  }

  /** Sets the cells of key columns that only the record key has. */
  public void complete(Object[] cells, RowKey key) {
    for (int i = columns.length; i < cells.length; i++) {
      cells[i] = key.value(schema.keyColumns().indexOf(i));
    }
  }

  /** Whether {@code before} holds the whole real old row, and not values made up by Debezium. */
  public boolean isReal(Object before) {
    return oldRow.isFull(before);
  }

  /**
   * Whether {@code before} of a delete is the whole real old row, whose key is that of a stored
   * row: more than {@link #isReal}, because a delete may come with a key that was made up.
   */
  public boolean isRealDelete(Object before) {
    return isReal(before) && !oldRow.hasMadeUpKey(before);
  }

  /** Whether {@code before} holds real values of the key columns. */
  public boolean holdsKey(Object before) {
    return isReal(before) || oldRow.holdsOverrides(before);
  }

  /** Warns about nulls of an update without the old row that may be untouched TOAST values. */
  public void warnOfUnknownNulls(Object[] cells, Warnings warnings) {
    doubtful.warnOfUntouched(table, schema, cells, warnings);
  }

  /** Warns about nulls of a streamed row in columns whose values the source does not stream. */
  public void warnOfLostNames(Object[] cells, Warnings warnings) {
    doubtful.warnOfNames(table, schema, cells, warnings);
  }
}
