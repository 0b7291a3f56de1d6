// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.decode.type.DecodeException;
import java.util.List;

/** Where the values of a row's key come from. */
sealed interface RowKeys {

  /**
   * @param recordKey key of the record; may be null
   * @param cells cells of the row with real values, or null where there are none
   * @throws DecodeException where the key cannot be told
   */
  RowKey of(Object recordKey, Object[] cells);

  /** The table has no key. */
  record None() implements RowKeys {
    @Override
    public RowKey of(Object recordKey, Object[] cells) {
      return RowKey.of();
    }
  }

  /** From the record key. */
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

  /** From the row, because {@code key.columns} says so. */
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
