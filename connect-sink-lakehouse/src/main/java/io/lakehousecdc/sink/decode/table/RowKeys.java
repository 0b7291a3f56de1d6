// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.decode.type.DecodeException;
import java.util.List;

/** The reader of a row's key, from the record key or from the row. */
sealed interface RowKeys {

  /**
   * Reads the key.
   *
   * @param recordKey key of the record; may be null
   * @param cells cells of the row with real values, or null if there are none
   * @throws DecodeException if the key cannot be determined
   */
  RowKey of(Object recordKey, Object[] cells);

  /** The keys of a table without a key. */
  record None() implements RowKeys {
    @Override
    public RowKey of(Object recordKey, Object[] cells) {
      return RowKey.of();
    }
  }

  /** Keys from the record key. */
  record FromRecord(ColumnReader[] readers) implements RowKeys {
    @Override
    public RowKey of(Object recordKey, Object[] cells) {
      Object[] values = new Object[readers.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = readers[i].read(recordKey);
      }
      return RowKey.of(values);
    }
  }

  /** Keys from the row, by {@code key.columns}. */
  record FromRow(RowSchema schema) implements RowKeys {
    @Override
    public RowKey of(Object recordKey, Object[] cells) {
      List<Integer> columns = schema.keyColumns();
      if (cells == null) {
        throw new DecodeException(
            "key.columns names columns that the record key lacks, and the delete does not hold the"
                + " old row. Set REPLICA IDENTITY FULL for the table at the source, or set"
                + " message.key.columns there.");
      }
      Object[] values = new Object[columns.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = cells[columns.get(i)];
        if (!Cell.isKnown(values[i])) {
          throw new DecodeException(
              "The column "
                  + schema.column(columns.get(i)).name()
                  + " of key.columns was not sent, because the change did not touch it. Set"
                  + " REPLICA IDENTITY FULL for the table at the source.");
        }
      }
      return RowKey.of(values);
    }
  }
}
