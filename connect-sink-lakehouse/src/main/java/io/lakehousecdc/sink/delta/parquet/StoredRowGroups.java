// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.lakehousecdc.sink.delta.storage.FileInput;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.MessageType;

/**
 * The row groups of a file that can become part of another one as they are stored, without being
 * decoded. Not for use by several threads.
 */
final class StoredRowGroups implements Closeable {
  private static final long LEAST_BYTES = 1 << 20;

  /** Below the default of {@code flush.max.records}, with which a backlog is read. */
  private static final long LEAST_ROWS = 40_000;

  private final SeekableInputStream bytes;
  private final ParquetFileReader file;

  /**
   * @param input stays open
   */
  StoredRowGroups(FileInput input) throws IOException {
    StoredInput stored = new StoredInput(input);
    this.bytes = stored.newStream();
    this.file =
        new ParquetFileReader(
            stored, ParquetReadOptions.builder(new PlainParquetConfiguration()).build());
  }

  /**
   * Whether a file of that schema and compression can hold them, and its footer says of them what
   * that of their own file does. Only of files of this writer is that known: others may count days
   * by another calendar, or order texts in another way.
   */
  boolean fit(MessageType schema, CompressionCodecName codec) {
    FileMetaData about = file.getFileMetaData();
    List<BlockMetaData> groups = file.getRowGroups();
    return RowGroupWriter.OBJECT_MODEL.equals(
            about.getKeyValueMetaData().get(ParquetWriter.OBJECT_MODEL_NAME_PROP))
        && about.getSchema().getFields().equals(schema.getFields())
        && !groups.isEmpty()
        && areWorthIt(
            groups.stream().mapToLong(BlockMetaData::getCompressedSize).sum(),
            file.getRecordCount(),
            groups.size())
        && groups.stream()
            .flatMap(group -> group.getColumns().stream())
            .allMatch(chunk -> isCopied(chunk, codec));
  }

  /**
   * Whether row groups are large enough to stay as they are. Readers take longer for many small
   * ones, which are encoded anew as larger.
   *
   * @param bytes of all of them as they are stored
   * @param rows in all of them
   */
  static boolean areWorthIt(long bytes, long rows, int groups) {
    return bytes >= LEAST_BYTES * groups || rows >= LEAST_ROWS * groups;
  }

  /** Bloom filters lie apart from the values, and are not written by this writer. */
  private static boolean isCopied(ColumnChunkMetaData chunk, CompressionCodecName codec) {
    return chunk.getCodec() == codec && chunk.getBloomFilterOffset() < 0;
  }

  /** Number of rows in all of them. */
  int rows() {
    return Math.toIntExact(file.getRecordCount());
  }

  /**
   * Writes them, with the indexes of their pages.
   *
   * @param to between two row groups of its own
   */
  void copy(ParquetFileWriter to, MessageType schema) throws IOException {
    for (BlockMetaData group : file.getRowGroups()) {
      to.startBlock(group.getRowCount());
      for (ColumnChunkMetaData chunk : group.getColumns()) {
        to.appendColumnChunk(
            schema.getColumnDescription(chunk.getPath().toArray()),
            bytes,
            chunk,
            null,
            file.readColumnIndex(chunk),
            file.readOffsetIndex(chunk));
      }
      to.endBlock();
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
