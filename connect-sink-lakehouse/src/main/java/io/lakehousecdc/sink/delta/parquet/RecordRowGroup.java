// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.io.IOException;
import java.util.List;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/** A row group of any columns, whose pages parquet-java encodes. Not for several threads. */
final class RecordRowGroup implements RowGroup {
  private final RowEncoder encoder;
  private final ColumnChunkPageWriteStore pages;
  private final ColumnWriteStore columns;
  private final RecordConsumer consumer;

  RecordRowGroup(
      List<DeltaColumn> columns,
      MessageType schema,
      ParquetProperties properties,
      BytesInputCompressor compressor) {
    this.encoder = new RowEncoder(columns, schema);
    this.pages = RowGroupWriter.pages(schema, properties, compressor);
    this.columns = properties.newColumnWriteStore(schema, pages, pages);
    this.consumer =
        FlatRecords.areOf(schema)
            ? FlatRecords.to(this.columns, schema)
            : new ColumnIOFactory().getColumnIO(schema).getRecordWriter(this.columns);
  }

  @Override
  public void write(Object[] row) {
    encoder.write(row, consumer);
  }

  @Override
  public long size() {
    return columns.getBufferedSize();
  }

  @Override
  public void flush(ParquetFileWriter file) throws IOException {
    consumer.flush();
    columns.flush();
    pages.flushToFileWriter(file);
  }

  @Override
  public void close() {
    columns.close();
    pages.close();
  }
}
