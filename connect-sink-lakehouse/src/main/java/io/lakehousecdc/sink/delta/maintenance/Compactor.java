// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowFileReader;
import io.lakehousecdc.sink.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.delta.parquet.RowVisitor;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.parquet.WrittenFile;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.roaringbitmap.RoaringBitmap;

/**
 * The writer of compacted files: the live rows of several files as one. Touches neither log nor
 * index, so that it runs beside commits; {@link Compacted} tells what to make of rows that were
 * deleted meanwhile. Thread-safe.
 */
public final class Compactor {
  /** What is held of files that are fetched before they are read. */
  private static final long FETCHED_BYTES = 16 << 20;

  private final FileIO store;
  private final RowFileReader reader;
  private final WriteOptions options;

  public Compactor(FileIO store, WriteOptions options) {
    this.store = store;
    this.reader = new RowFileReader(store);
    this.options = options.lasting();
  }

  /**
   * A file to take rows from.
   *
   * @param path path in the log
   * @param location where it lies
   * @param size length in bytes
   * @param live indexes of its live rows when the compaction began; not modified
   * @param rowIds row ids of its rows, in a table that keeps them
   */
  public record Source(
      String path, String location, long size, RoaringBitmap live, Optional<SourceRowIds> rowIds) {}

  /**
   * What rows of a file are known by that it does not store.
   *
   * @param first row id of the first row; the others follow
   * @param version commit version of its rows
   */
  public record SourceRowIds(long first, long version) {}

  /**
   * Writes the file.
   *
   * @param columns all columns of the table
   * @param rowIdColumns columns of row id and commit version, where the table keeps them; or none
   * @param location where the new file will lie
   * @param written is shown each row with its index in the new file
   */
  public Compacted compact(
      List<Source> sources,
      List<DeltaColumn> columns,
      List<DeltaColumn> rowIdColumns,
      String location,
      RowVisitor written)
      throws IOException {
    List<DeltaColumn> all = new ArrayList<>(columns);
    all.addAll(rowIdColumns);
    try (FetchedSources files = new FetchedSources(store, sources, FETCHED_BYTES);
        RowFileWriter writer = RowFileWriter.create(store, location, all, options)) {
      List<Integer> firstRows = new ArrayList<>();
      for (Source source : sources) {
        firstRows.add(writer.rows());
        if (source.live().isEmpty()) {
          continue;
        }
        try (FileInput file = files.open(source)) {
          reader.read(
              file,
              source.location(),
              source.live(),
              all,
              (row, values) -> {
                if (!rowIdColumns.isEmpty()) {
                  keepRowId(source, row, values, columns.size());
                }
                written.row(writer.rows(), values);
                writer.write(values);
              });
        }
      }
      WrittenFile file = writer.finish();
      return new Compacted(file, List.copyOf(sources), List.copyOf(firstRows));
    }
  }

  /** Heap that files take which are fetched before they are read. */
  long fetchedBytes(List<Source> sources) {
    return FetchedSources.bytes(store, sources, FETCHED_BYTES);
  }

  /** A file that was compacted before may tell some of them itself. */
  private static void keepRowId(Source source, int row, Object[] values, int place) {
    SourceRowIds known = source.rowIds().orElseThrow();
    if (values[place] == null) {
      values[place] = known.first() + row;
    }
    if (values[place + 1] == null) {
      values[place + 1] = known.version();
    }
  }

  /**
   * A compacted file and where its rows come from.
   *
   * @param file the new file, not yet part of the table
   * @param sources files that it takes the place of
   * @param firstRows for each source, the index that its first live row has in the new file
   */
  public record Compacted(WrittenFile file, List<Source> sources, List<Integer> firstRows) {

    /**
     * Rows of the new file that are no longer live.
     *
     * @param deleted deleted rows of each source as they are now, in the order of the sources. Rows
     *     that were deleted when the compaction began must be among them: otherwise the table was
     *     restored meanwhile, and the new file lacks rows
     */
    public RoaringBitmap deletedMeanwhile(List<RoaringBitmap> deleted) {
      RoaringBitmap gone = new RoaringBitmap();
      for (int i = 0; i < sources.size(); i++) {
        RoaringBitmap live = sources.get(i).live();
        RoaringBitmap late = RoaringBitmap.and(live, deleted.get(i));
        int first = firstRows.get(i);
        late.forEach((int row) -> gone.add(first + live.rank(row) - 1));
      }
      return gone;
    }
  }
}
