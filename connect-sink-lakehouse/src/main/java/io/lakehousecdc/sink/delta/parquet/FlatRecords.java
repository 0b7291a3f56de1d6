// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * The writer of records without nested fields, each value straight into its column. parquet-java's
 * own follows the nesting of any record field by field, which takes twice as long.
 *
 * <p>Fields of a record come in their order, each at most once; those that do not come are NULL.
 */
final class FlatRecords extends RecordConsumer {
  private final ColumnWriteStore store;
  private final ColumnWriter[] columns;
  private final int[] definitionLevels;
  private int next;
  private ColumnWriter column;
  private int definitionLevel;

  private FlatRecords(ColumnWriteStore store, MessageType schema) {
    this.store = store;
    List<ColumnDescriptor> descriptors = new ArrayList<>(schema.getColumns());
    this.columns = new ColumnWriter[descriptors.size()];
    this.definitionLevels = new int[columns.length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = store.getColumnWriter(descriptors.get(i));
      definitionLevels[i] = descriptors.get(i).getMaxDefinitionLevel();
    }
  }

  /** Whether records of that schema have no nested fields. */
  static boolean areOf(MessageType schema) {
    return schema.getFields().stream()
        .allMatch(field -> field.isPrimitive() && !field.isRepetition(Type.Repetition.REPEATED));
  }

  /**
   * Records that are written to columns.
   *
   * @param schema has no nested fields
   */
  static RecordConsumer to(ColumnWriteStore columns, MessageType schema) {
    return new FlatRecords(columns, schema);
  }

  @Override
  public void startMessage() {
    next = 0;
  }

  @Override
  public void startField(String field, int index) {
    skipTo(index);
    column = columns[index];
    definitionLevel = definitionLevels[index];
    next = index + 1;
  }

  private void skipTo(int index) {
    for (; next < index; next++) {
      columns[next].writeNull(0, 0);
    }
  }

  @Override
  public void endField(String field, int index) {}

  @Override
  public void endMessage() {
    skipTo(columns.length);
    store.endRecord();
  }

  @Override
  public void startGroup() {
    throw new UnsupportedOperationException("a nested field");
  }

  @Override
  public void endGroup() {
    throw new UnsupportedOperationException("a nested field");
  }

  @Override
  public void addInteger(int value) {
    column.write(value, 0, definitionLevel);
  }

  @Override
  public void addLong(long value) {
    column.write(value, 0, definitionLevel);
  }

  @Override
  public void addBoolean(boolean value) {
    column.write(value, 0, definitionLevel);
  }

  @Override
  public void addBinary(Binary value) {
    column.write(value, 0, definitionLevel);
  }

  @Override
  public void addFloat(float value) {
    column.write(value, 0, definitionLevel);
  }

  @Override
  public void addDouble(double value) {
    column.write(value, 0, definitionLevel);
  }
}
