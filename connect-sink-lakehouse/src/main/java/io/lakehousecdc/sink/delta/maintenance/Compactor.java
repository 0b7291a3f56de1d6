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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.roaringbitmap.RoaringBitmap;

/**
 * The writer of compacted files: the rows of several files as one. Large files of which nearly all
 * rows are live are copied as they are stored, their deleted rows included; of others the live rows
 * are encoded anew. Touches neither log nor index, so that it runs beside commits; {@link
 * Compacted} tells which rows are deleted. Thread-safe.
 */
public final class Compactor {
  /** What is held of files that are fetched before they are read. */
  private static final long FETCHED_BYTES = 16 << 20;

  /**
   * Share of live rows from which a file is copied as it is stored, deleted rows included, instead
   * of being decoded and encoded.
   */
  private static final double COPIED_LIVE_SHARE = 0.9;

  private final FileIO store;
  private final RowFileReader reader;
  private final WriteOptions options;
  private final double copiedLiveShare;

  public Compactor(FileIO store, WriteOptions options) {
    this(store, options.lasting(), COPIED_LIVE_SHARE);
  }

  private Compactor(FileIO store, WriteOptions options, double copiedLiveShare) {
    this.store = store;
    this.reader = new RowFileReader(store);
    this.options = options;
    this.copiedLiveShare = copiedLiveShare;
  }

  /** The same, but deleted rows stay behind: for files that are to have no deletion vector. */
  public Compactor ofLiveRows() {
    return new Compactor(store, options, 1);
  }

  /**
   * A file to take rows from.
   *
   * @param path path in the log
   * @param location where it lies
   * @param size length in bytes
   * @param rows number of its rows, deleted ones included
   * @param live indexes of its live rows when the compaction began; not modified
   * @param rowIds row ids of its rows, in a table that keeps them
   */
  public record Source(
      String path,
      String location,
      long size,
      int rows,
      RoaringBitmap live,
      Optional<SourceRowIds> rowIds) {

    private RoaringBitmap all() {
      RoaringBitmap all = new RoaringBitmap();
      all.add(0L, rows);
      return all;
    }
  }

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
   * @param shown places of the columns that {@code written} looks at; it may get no others
   * @param written is shown each live row with its index in the new file
   */
  public Compacted compact(
      List<Source> sources,
      List<DeltaColumn> columns,
      List<DeltaColumn> rowIdColumns,
      String location,
      int[] shown,
      RowVisitor written)
      throws IOException {
    List<DeltaColumn> all = new ArrayList<>(columns);
    all.addAll(rowIdColumns);
    try (FetchedSources files = new FetchedSources(store, sources, FETCHED_BYTES);
        RowFileWriter writer = RowFileWriter.create(store, location, all, options)) {
      List<Taken> taken = new ArrayList<>();
      for (Source source : sources) {
        int first = writer.rows();
        if (source.live().isEmpty()) {
          taken.add(new Taken(source, first, source.live()));
          continue;
        }
        try (FileInput file = files.open(source)) {
          if (rowIdColumns.isEmpty() && append(source, file, writer)) {
            taken.add(new Taken(source, first, source.all()));
            show(source, file, first, columns, shown, written);
          } else {
            taken.add(new Taken(source, first, source.live()));
            encode(source, file, writer, all, columns.size(), written);
          }
        }
      }
      return new Compacted(writer.finish(), List.copyOf(taken));
    }
  }

  /** Heap that files take which are fetched before they are read. */
  long fetchedBytes(List<Source> sources) {
    return FetchedSources.bytes(store, sources, FETCHED_BYTES);
  }

  /** Copies the row groups of the file, if that pays. */
  private boolean append(Source source, FileInput file, RowFileWriter writer) throws IOException {
    return RowFileWriter.mayAppend(source.size(), source.rows())
        && source.live().getLongCardinality() >= copiedLiveShare * source.rows()
        && writer.append(file);
  }

  /** Shows the live rows of a file that was copied. */
  private void show(
      Source source,
      FileInput file,
      int first,
      List<DeltaColumn> columns,
      int[] shown,
      RowVisitor written)
      throws IOException {
    if (shown.length > 0) {
      reader.read(
          file,
          source.location(),
          source.live(),
          Arrays.stream(shown).mapToObj(columns::get).toList(),
          (row, cells) -> {
            Object[] values = new Object[columns.size()];
            for (int i = 0; i < shown.length; i++) {
              values[shown[i]] = cells[i];
            }
            written.row(first + row, values);
          });
    }
  }

  /**
   * Decodes the live rows of a file and encodes them again.
   *
   * @param all columns of the new file
   * @param ownColumns number of those before the ones of row ids
   */
  private void encode(
      Source source,
      FileInput file,
      RowFileWriter writer,
      List<DeltaColumn> all,
      int ownColumns,
      RowVisitor written)
      throws IOException {
    reader.read(
        file,
        source.location(),
        source.live(),
        all,
        (row, values) -> {
          if (all.size() > ownColumns) {
            keepRowId(source, row, values, ownColumns);
          }
          written.row(writer.rows(), values);
          writer.write(values);
        });
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
   * What a compacted file has of a source.
   *
   * @param first index in the new file of the first row taken; the others follow
   * @param rows rows taken, which may have been deleted before
   */
  public record Taken(Source source, int first, RoaringBitmap rows) {}

  /**
   * A compacted file and where its rows come from.
   *
   * @param file the new file, not yet part of the table
   * @param taken what it has of each file that it takes the place of
   */
  public record Compacted(WrittenFile file, List<Taken> taken) {

    /**
     * Rows of the new file that are not live.
     *
     * @param deleted deleted rows of each source as they are now, in the order of the sources. Rows
     *     that were deleted when the compaction began must be among them: otherwise the table was
     *     restored meanwhile, and the new file lacks rows
     */
    public RoaringBitmap deleted(List<RoaringBitmap> deleted) {
      RoaringBitmap gone = new RoaringBitmap();
      for (int i = 0; i < taken.size(); i++) {
        RoaringBitmap rows = taken.get(i).rows();
        int first = taken.get(i).first();
        RoaringBitmap.and(rows, deleted.get(i))
            .forEach((int row) -> gone.add(first + rows.rank(row) - 1));
      }
      return gone;
    }
  }
}
