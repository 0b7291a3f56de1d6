// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.util.List;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/** The encoder of rows, arrays aligned to the columns, as records of Parquet. Immutable. */
final class RowEncoder {
  private final List<DeltaColumn> columns;
  private final String[] names;
  private final ValueWriter[] writers;

  RowEncoder(List<DeltaColumn> columns, MessageType schema) {
    this.columns = columns;
    this.names = columns.stream().map(DeltaColumn::physicalName).toArray(String[]::new);
    this.writers = new ValueWriter[names.length];
    for (int i = 0; i < writers.length; i++) {
      writers[i] = ValueWriter.of(columns.get(i).type(), schema.getType(i));
    }
  }

  /**
   * Writes a row.
   *
   * @throws IllegalArgumentException a value does not fit its column; names the column. The record
   *     is not complete then
   */
  void write(Object[] row, RecordConsumer consumer) {
    consumer.startMessage();
    for (int i = 0; i < writers.length; i++) {
      Object value = row[i];
      if (value != null) {
        consumer.startField(names[i], i);
        try {
          writers[i].write(value, consumer);
        } catch (ClassCastException | ArithmeticException e) {
          throw unfit(columns.get(i), value, e);
        }
        consumer.endField(names[i], i);
      } else {
        requireNullable(columns.get(i));
      }
    }
    consumer.endMessage();
  }

  /**
   * @throws IllegalArgumentException the column does not hold NULL
   */
  static void requireNullable(DeltaColumn column) {
    if (!column.nullable()) {
      throw new IllegalArgumentException(
          "Column " + column.name() + " of the Delta table does not hold NULL");
    }
  }

  /** Says that a value, which is not null, does not fit a column. */
  static IllegalArgumentException unfit(DeltaColumn column, Object value, RuntimeException cause) {
    return new IllegalArgumentException(
        "Column "
            + column.name()
            + " of the Delta table has the type "
            + column.type()
            + ", which does not hold this "
            + value.getClass().getSimpleName()
            + ": "
            + cause.getMessage(),
        cause);
  }
}
