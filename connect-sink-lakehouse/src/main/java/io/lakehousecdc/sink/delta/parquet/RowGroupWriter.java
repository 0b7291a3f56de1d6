// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.codec.ZstandardCodec;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.schema.MessageType;

/**
 * The writer of a Parquet file's row groups and pages, within a bound of memory whatever the rows.
 *
 * <p>parquet-java's {@link ParquetWriter} does the same, but looks at the size of what it holds by
 * estimates that let thousands of rows pass, of which each may have a cell of megabytes, or after
 * every row, which takes a fifth of the time where rows are small. The interval is fixed for a row
 * group. So large rows get row groups of their own here: the first of them ends the row group of
 * small ones.
 *
 * <p>Not for use by several threads. After a failure it can only be closed.
 */
final class RowGroupWriter implements Closeable {
  /**
   * Rows after which sizes are looked at where all rows are small. They hold {@link
   * RowSizes#LARGE_BYTES} each at most: what a row group may exceed its size by.
   */
  private static final int INTERVAL = 100;

  private static final int INTERVAL_OF_LARGE = 1;

  /** What the footers of all files of this writer say, and those of no other. */
  static final String OBJECT_MODEL = "connect-lakehouse";

  /** Blocks of HDFS, which row groups would be aligned to. */
  private static final int NO_PADDING = 0;

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
  private static final Map<String, String> FOOTER =
      Map.of(
          "org.apache.spark.version", "3.5.0", ParquetWriter.OBJECT_MODEL_NAME_PROP, OBJECT_MODEL);

  private final List<DeltaColumn> columns;
  private final MessageType schema;
  private final boolean plain;
  private final RowSizes sizes;
  private final CompressionCodecName codec;
  private final long rowGroupBytes;
  private final ParquetProperties smallRows;
  private final ParquetProperties largeRows;
  private final ParquetFileWriter file;
  private final CodecFactory codecs;
  private final BytesInputCompressor compressor;
  private ParquetProperties properties;
  private RowGroup group;
  private int rows;
  private int nextCheck;
  private long held;

  /**
   * @param rowGroupBytes size at which a row group is written
   */
  RowGroupWriter(
      OutputFile output,
      List<DeltaColumn> columns,
      MessageType schema,
      WriteOptions options,
      long rowGroupBytes)
      throws IOException {
    this.columns = columns;
    this.schema = schema;
    this.plain =
        options.dictionaries() == WriteOptions.Dictionaries.NONE && FlatRecords.areOf(schema);
    this.sizes = new RowSizes(columns);
    this.codec = options.codec().parquet();
    this.rowGroupBytes = rowGroupBytes;
    this.smallRows = properties(options, INTERVAL);
    this.largeRows = properties(options, INTERVAL_OF_LARGE);
    ParquetConfiguration configuration = new PlainParquetConfiguration();
    configuration.setInt(ZstandardCodec.PARQUET_COMPRESS_ZSTD_LEVEL, options.zstdLevel());
    this.codecs = new CodecFactory(configuration, smallRows.getPageSizeThreshold());
    this.compressor = codecs.getCompressor(codec);
    this.file =
        new ParquetFileWriter(
            output,
            schema,
            ParquetFileWriter.Mode.CREATE,
            rowGroupBytes,
            NO_PADDING,
            null,
            smallRows);
    file.start();
    begin(smallRows);
  }

  private static ParquetProperties properties(WriteOptions options, int interval) {
    return ParquetProperties.builder()
        .withDictionaryEncoding(options.dictionaries() == WriteOptions.Dictionaries.WHERE_THEY_PAY)
        .withMinRowCountForPageSizeCheck(interval)
        .withMaxRowCountForPageSizeCheck(interval)
        .build();
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException a value does not fit its column; names the column
   */
  void write(Object[] row) throws IOException {
    if (properties == smallRows && sizes.isLarge(row)) {
      end();
      begin(largeRows);
    }
    group.write(row);
    rows++;
    if (rows >= nextCheck) {
      held = group.size();
      if (held >= rowGroupBytes) {
        end();
        begin(smallRows);
      } else {
        nextCheck = rows + properties.getMinRowCountForPageSizeCheck();
      }
    }
  }

  /** Adds row groups as they are stored, if they are such as this writes; else does nothing. */
  boolean append(StoredRowGroups stored) throws IOException {
    if (!stored.fit(schema, codec)) {
      return false;
    }
    end();
    stored.copy(file, schema);
    begin(smallRows);
    return true;
  }

  /**
   * Bytes written so far and bytes collected in memory, the latter not yet compressed, when they
   * were last looked at.
   */
  long size() throws IOException {
    return file.getPos() + held;
  }

  /** Completes the file. */
  ParquetMetadata finish() throws IOException {
    end();
    file.end(FOOTER);
    close();
    return file.getFooter();
  }

  private void begin(ParquetProperties rowsTo) {
    properties = rowsTo;
    group =
        plain
            ? new PlainRowGroup(columns, schema, properties, compressor)
            : new RecordRowGroup(columns, schema, properties, compressor);
    rows = 0;
    held = 0;
    nextCheck = properties.getMinRowCountForPageSizeCheck();
  }

  private void end() throws IOException {
    if (rows > 0) {
      file.startBlock(rows);
      group.flush(file);
      file.endBlock();
    }
    group.close();
  }

  /** Pages of a row group, compressed in memory. */
  static ColumnChunkPageWriteStore pages(
      MessageType schema, ParquetProperties properties, BytesInputCompressor compressor) {
    return new ColumnChunkPageWriteStore(
        compressor,
        schema,
        properties.getAllocator(),
        properties.getColumnIndexTruncateLength(),
        properties.getPageWriteChecksumEnabled());
  }

  /** Gives back what compresses; once is enough. The output stays open. */
  @Override
  public void close() {
    codecs.release();
  }
}
