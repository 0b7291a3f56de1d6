// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.FileOutput;
import io.lakehousecdc.sink.delta.storage.Uploads;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;

/**
 * The writer of one Parquet file of a Delta table, row by row. Not for use by several threads.
 * Closing it before {@link #finish} leaves nothing; after a failure nothing else can be done with
 * it.
 */
public final class RowFileWriter implements Closeable {
  /**
   * Size of a row group: what is held in memory before it is written. Other writers take 128 MB,
   * more than a worker has for each of the files that it writes at a time.
   */
  static final long ROW_GROUP_BYTES = 32 << 20;

  /** Heap that writing a file takes: a row group, and the encoding and compression of its pages. */
  public static final long MEMORY_BYTES = ROW_GROUP_BYTES + (ROW_GROUP_BYTES >> 1);

  private final String location;
  private final FileOutput output;
  private final RowGroupWriter writer;
  private final FileStatistics statistics;
  private int rows;
  private boolean handedOver;

  private RowFileWriter(
      String location, FileOutput output, List<DeltaColumn> columns, WriteOptions options)
      throws IOException {
    this.location = location;
    this.output = output;
    this.statistics = new FileStatistics(columns);
    this.writer =
        new RowGroupWriter(
            new StoredOutput(output),
            columns,
            ParquetTypes.schema(columns, options.encoding()),
            options,
            ROW_GROUP_BYTES);
  }

  /**
   * Begins a file.
   *
   * @param location where the file will lie, in an existing directory
   * @param columns columns of the file; rows are aligned to them
   */
  public static RowFileWriter create(
      FileIO store, String location, List<DeltaColumn> columns, WriteOptions options)
      throws IOException {
    FileOutput output = store.create(location);
    try {
      return new RowFileWriter(location, output, List.copyOf(columns), options);
    } catch (IOException | RuntimeException failure) {
      output.close();
      throw failure;
    }
  }

  /**
   * Adds a row.
   *
   * @param row values of the classes that {@link DeltaColumn} names; not kept
   * @throws IllegalArgumentException a value does not fit its column; names the column
   */
  public void write(Object[] row) throws IOException {
    writer.write(row);
    rows++;
  }

  /**
   * Adds all rows of another file by copying what is stored, in a small part of the time that it
   * takes to decode and encode them. What has been added before becomes a row group of its own.
   *
   * @param file read from beginning to end; stays open
   * @return false, having added nothing, where the file is not such as this writes: of other
   *     columns, another compression or another program, or in small row groups
   */
  public boolean append(FileInput file) throws IOException {
    try (StoredRowGroups stored = new StoredRowGroups(file)) {
      boolean appended = writer.append(stored);
      rows += appended ? stored.rows() : 0;
      return appended;
    }
  }

  /**
   * Whether a file may be large enough to be {@link #append appended}, without a look at it.
   *
   * @param size length in bytes
   * @param rows number of its rows
   */
  public static boolean mayAppend(long size, long rows) {
    return StoredRowGroups.areWorthIt(size, rows, 1);
  }

  /** Number of rows so far. */
  public int rows() {
    return rows;
  }

  /**
   * Bytes written so far and bytes collected in memory, the latter not yet compressed, but for
   * those of a few small rows.
   */
  public long bufferedSize() throws IOException {
    return writer.size();
  }

  /** Completes the file; it is durable when this returns. */
  public WrittenFile finish() throws IOException {
    WrittenFile file = encoded();
    output.complete();
    return file;
  }

  /**
   * Completes the file beside what the caller does next.
   *
   * @param uploads make it durable: to be awaited before anything names it
   */
  public WrittenFile finish(Uploads uploads) throws IOException {
    WrittenFile file = encoded();
    handedOver = true;
    uploads.begin(output);
    return file;
  }

  private WrittenFile encoded() throws IOException {
    ParquetMetadata footer = writer.finish();
    return new WrittenFile(location, output.position(), rows, statistics.json(footer));
  }

  @Override
  public void close() throws IOException {
    writer.close();
    if (!handedOver) {
      output.close();
    }
  }
}
