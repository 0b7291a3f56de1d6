// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowVisitor;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.TableOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/**
 * A version of a Delta table, to be read without an index. Immutable and thread-safe.
 *
 * @param version the version
 * @param shape its columns
 * @param files its active files, with what is deleted of them
 */
public record ReadTable(
    TableVersion version, TableShape shape, List<LiveFile> files, RowFiles rowFiles) {

  /**
   * Reads which files a version has.
   *
   * @throws RetriableException the store failed
   */
  public static ReadTable of(
      FileIO store, String location, TableVersion version, TableOptions options) {
    TableShape shape =
        new TableShape(version, options.metadata(), options.history().map(HistoryOptions::columns));
    RowFiles rowFiles = new RowFiles(store, WriteOptions.DEFAULT);
    TableFiles files = new TableFiles(location, rowFiles, new DeletionVectors(store, location));
    try {
      files.read(version, shape);
    } catch (IOException | UncheckedIOException e) {
      throw new RetriableException("Cannot read the files of the table in " + location, e);
    }
    return new ReadTable(version, shape, List.copyOf(files.all()), rowFiles);
  }

  /** The version as a commit builds on it: {@link TableVersion#knowing}. */
  public TableVersion knowingVersion() {
    long bytes = files.stream().mapToLong(file -> file.file().size()).sum();
    return version.knowing(files.size(), bytes, version.domains());
  }

  /**
   * Visits the rows of a file that the table shows.
   *
   * @param columns columns wanted
   */
  public void rows(LiveFile file, List<DeltaColumn> columns, RowVisitor visitor)
      throws IOException {
    rowFiles.readFewColumns(file, file.live(), columns, visitor);
  }

  /** The same of some of its rows. */
  public void rows(LiveFile file, RoaringBitmap rows, List<DeltaColumn> columns, RowVisitor visitor)
      throws IOException {
    rowFiles.read(file, rows, columns, visitor);
  }
}
