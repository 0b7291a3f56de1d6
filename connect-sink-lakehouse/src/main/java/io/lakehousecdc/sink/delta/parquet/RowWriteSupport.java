// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/** The write support that parquet-java asks for, of rows that are arrays aligned to the columns. */
final class RowWriteSupport extends WriteSupport<Object[]> {
  /**
   * Tells Spark the calendar of dates before 1582-10-15 and timestamps before 1900. Up to version 2
   * it wrote them in another one, so that version 3 fails on such values in files that do not tell
   * ({@code READ_ANCIENT_DATETIME}). Those of a version from 3.1 on, without a key that says
   * otherwise, are what Parquet defines: proleptic Gregorian.
   *
   * @see <a
   *     href="https://github.com/apache/spark/blob/v3.5.0/sql/core/src/main/scala/org/apache/spark/sql/execution/datasources/DataSourceUtils.scala">Spark:
   *     DataSourceUtils.datetimeRebaseSpec, int96RebaseSpec</a>
   */
  private static final Map<String, String> CALENDAR = Map.of("org.apache.spark.version", "3.5.0");

  private final List<DeltaColumn> columns;
  private final MessageType schema;
  private final String[] names;
  private final ValueWriter[] writers;
  private RecordConsumer consumer;

  RowWriteSupport(List<DeltaColumn> columns, MessageType schema) {
    this.columns = columns;
    this.schema = schema;
    this.names = columns.stream().map(DeltaColumn::physicalName).toArray(String[]::new);
    this.writers = new ValueWriter[names.length];
    for (int i = 0; i < writers.length; i++) {
      writers[i] = ValueWriter.of(columns.get(i).type(), schema.getType(i));
    }
  }

  @Override
  public String getName() {
    return "connect-lakehouse";
  }

  @Override
  public WriteContext init(ParquetConfiguration configuration) {
    return new WriteContext(schema, CALENDAR);
  }

  /** Never called: the file is configured without Hadoop. */
  @Override
  @SuppressWarnings("deprecation")
  public WriteContext init(Configuration configuration) {
    return new WriteContext(schema, CALENDAR);
  }

  @Override
  public void prepareForWrite(RecordConsumer recordConsumer) {
    consumer = recordConsumer;
  }

  @Override
  public void write(Object[] row) {
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
      } else if (!columns.get(i).nullable()) {
        throw new IllegalArgumentException(
            "Column " + columns.get(i).name() + " of the Delta table does not hold NULL");
      }
    }
    consumer.endMessage();
  }

  private static IllegalArgumentException unfit(
      DeltaColumn column, Object value, RuntimeException cause) {
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
