// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.io.Closeable;
import java.io.IOException;
import org.apache.parquet.hadoop.ParquetFileWriter;

/**
 * A row group that is being encoded in memory. Not for use by several threads; after a failure it
 * can only be closed.
 */
interface RowGroup extends Closeable {

  /**
   * Adds a row.
   *
   * @param row values aligned to the columns; not kept
   * @throws IllegalArgumentException a value does not fit its column; names the column
   */
  void write(Object[] row) throws IOException;

  /** Bytes held: those of the last page of each column, and the compressed ones before it. */
  long size();

  /** Completes its pages and writes them; once, and nothing is added any more. */
  void flush(ParquetFileWriter file) throws IOException;

  /** Gives its memory back. */
  @Override
  void close();
}
