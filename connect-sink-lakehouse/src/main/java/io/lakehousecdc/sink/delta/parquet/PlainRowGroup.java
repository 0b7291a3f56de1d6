// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.io.IOException;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.schema.MessageType;

/**
 * A row group without nested columns and without dictionaries, as files of one commit have it. Not
 * for several threads.
 */
final class PlainRowGroup implements RowGroup {
  private final List<DeltaColumn> types;
  private final ColumnChunkPageWriteStore pages;
  private final PlainColumn[] columns;

  /**
   * @param schema has no nested fields
   */
  PlainRowGroup(
      List<DeltaColumn> types,
      MessageType schema,
      ParquetProperties properties,
      BytesInputCompressor compressor) {
    this.types = types;
    this.pages = RowGroupWriter.pages(schema, properties, compressor);
    this.columns = new PlainColumn[types.size()];
    List<ColumnDescriptor> descriptors = schema.getColumns();
    for (int i = 0; i < columns.length; i++) {
      ColumnDescriptor descriptor = descriptors.get(i);
      columns[i] =
          PlainColumn.of(
              types.get(i).type(),
              descriptor,
              pages.getPageWriter(descriptor),
              properties.getAllocator());
    }
  }

  @Override
  public void write(Object[] row) throws IOException {
    for (int i = 0; i < columns.length; i++) {
      if (row[i] == null) {
        RowEncoder.requireNullable(types.get(i));
      }
      try {
        columns[i].add(row[i]);
      } catch (ClassCastException | ArithmeticException e) {
        throw RowEncoder.unfit(types.get(i), row[i], e);
      }
    }
  }

  @Override
  public long size() {
    long bytes = 0;
    for (PlainColumn column : columns) {
      bytes += column.bytes();
    }
    return bytes;
  }

  @Override
  public void flush(ParquetFileWriter file) throws IOException {
    for (PlainColumn column : columns) {
      column.flush();
    }
    pages.flushToFileWriter(file);
  }

  @Override
  public void close() {
    pages.close();
  }
}
