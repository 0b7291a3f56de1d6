package io.lakehousecdc.sink.target.delta;

import io.lakehousecdc.sink.target.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.target.delta.parquet.RowFileReader;
import io.lakehousecdc.sink.target.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.target.delta.parquet.RowVisitor;
import io.lakehousecdc.sink.target.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.target.delta.storage.FileIO;
import java.io.IOException;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/** The data files of a store, written in one way. Thread-safe. */
final class RowFiles {
  private final FileIO store;
  private final WriteOptions options;
  private final RowFileReader reader;

  RowFiles(FileIO store, WriteOptions options) {
    this.store = store;
    this.options = options;
    this.reader = new RowFileReader(store);
  }

  /** Begins a file. */
  RowFileWriter create(String location, List<DeltaColumn> columns) throws IOException {
    return RowFileWriter.create(store, location, columns, options);
  }

  /** Number of rows in a file, from its footer. */
  long count(String location) throws IOException {
    return reader.rows(location);
  }

  /**
   * Reads some rows of a file, in order of their index.
   *
   * @param rows indexes of the rows wanted
   * @param columns columns wanted; one that the file lacks is NULL
   */
  void read(LiveFile file, RoaringBitmap rows, List<DeltaColumn> columns, RowVisitor visitor)
      throws IOException {
    reader.read(file.location(), rows, columns, visitor);
  }
}
