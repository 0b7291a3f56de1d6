// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.lakehousecdc.sink.delta.maintenance.Compactor.Compacted;
import io.lakehousecdc.sink.delta.maintenance.Compactor.Source;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowFileReader;
import io.lakehousecdc.sink.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Codec;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Encoding;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.io.LocalInputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

class CompactorTest {
  private static final List<DeltaColumn> COLUMNS =
      List.of(new DeltaColumn("id", "col-id", OptionalInt.of(1), LongType.LONG, false));

  private static final List<DeltaColumn> COLUMNS_AND_NOTE =
      List.of(
          COLUMNS.get(0),
          new DeltaColumn("note", "col-note", OptionalInt.of(2), StringType.STRING, true));

  /** Rows with notes that make a file which is worth copying. */
  private static final int LARGE = 60_000;

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path directory;

  @Test
  void compactedFileHoldsTheLiveRowsInOrder() throws IOException {
    Source a = source("a", 0, 10, 0, 3, 9);
    Source b = source("b", 100, 10, 5);
    List<Long> shown = new ArrayList<>();

    Compacted compacted =
        new Compactor(store, WriteOptions.DEFAULT)
            .compact(
                List.of(a, b),
                COLUMNS,
                List.of(),
                directory + "/c.parquet",
                new int[] {0},
                (row, values) -> {
                  assertEquals(shown.size(), row);
                  shown.add((Long) values[0]);
                });

    assertEquals(16, compacted.file().rows());
    assertEquals(shown, ids(compacted.file().location(), 16));
    assertEquals(List.of(1L, 2L, 4L, 5L, 6L, 7L, 8L, 100L), shown.subList(0, 8));
  }

  @Test
  void rowsDeletedMeanwhileAreFoundInTheNewFile() throws IOException {
    Source a = source("a", 0, 10, 0, 3, 9);
    Source b = source("b", 100, 10, 5);
    Compacted compacted =
        new Compactor(store, WriteOptions.DEFAULT)
            .compact(
                List.of(a, b),
                COLUMNS,
                List.of(),
                directory + "/c.parquet",
                new int[0],
                (row, values) -> {});

    RoaringBitmap gone =
        compacted.deleted(
            List.of(RoaringBitmap.bitmapOf(0, 3, 9, 1, 8), RoaringBitmap.bitmapOf(5, 0, 6)));

    List<Long> ids = ids(compacted.file().location(), 16);
    List<Long> deleted = new ArrayList<>();
    gone.forEach((int row) -> deleted.add(ids.get(row)));
    assertEquals(List.of(1L, 8L, 100L, 106L), deleted);
  }

  @Test
  void nothingDeletedMeanwhileMeansNoDeletionVector() throws IOException {
    Source a = source("a", 0, 10, 4);
    Compacted compacted =
        new Compactor(store, WriteOptions.DEFAULT)
            .compact(
                List.of(a),
                COLUMNS,
                List.of(),
                directory + "/c.parquet",
                new int[0],
                (row, values) -> {});

    assertTrue(compacted.deleted(List.of(RoaringBitmap.bitmapOf(4))).isEmpty());
  }

  @Test
  void largeFilesAreCopiedWithTheirDeletedRows() throws IOException {
    Source a = largeSource("a", 0, LARGE, COLUMNS_AND_NOTE, 0, 7);
    Source b = source("b", LARGE, 10, COLUMNS_AND_NOTE, 5);
    Source c = largeSource("c", 100_000, LARGE, COLUMNS_AND_NOTE);
    Map<Integer, Long> shown = new HashMap<>();

    Compacted compacted =
        new Compactor(store, WriteOptions.DEFAULT)
            .compact(
                List.of(a, b, c),
                COLUMNS_AND_NOTE,
                List.of(),
                directory + "/c.parquet",
                new int[] {0},
                (row, values) -> shown.put(row, (Long) values[0]));

    int rows = 2 * LARGE + 9;
    assertEquals(rows, compacted.file().rows());
    assertEquals(List.of((long) LARGE, 9L, (long) LARGE), rowGroups(compacted));
    List<Long> ids = ids(compacted.file().location(), rows);
    assertEquals(7L, ids.get(7), "it holds the deleted row");
    assertEquals(rows - 2, shown.size());
    shown.forEach((row, id) -> assertEquals(ids.get(row), id));
    RoaringBitmap deleted =
        compacted.deleted(
            List.of(
                RoaringBitmap.bitmapOf(0, 7, 9),
                RoaringBitmap.bitmapOf(5, 9),
                RoaringBitmap.bitmapOf(1)));
    List<Long> gone = new ArrayList<>();
    deleted.forEach((int row) -> gone.add(ids.get(row)));
    assertEquals(List.of(0L, 7L, 9L, LARGE + 9L, 100_001L), gone);
    assertTrue(
        compacted
            .file()
            .statistics()
            .contains("\"maxValues\":{\"col-id\":" + (100_000 + LARGE - 1)),
        compacted.file().statistics());
    assertNotes(compacted.file().location(), ids);
  }

  @Test
  void filesThatLackAColumnOrAreSparseAreEncodedAnew() throws IOException {
    Source narrow = largeSource("narrow", 0, 200_000, COLUMNS);
    Source sparse = largeSource("sparse", 200_000, LARGE, COLUMNS_AND_NOTE, 0, LARGE / 5);
    RoaringBitmap few = sparse.live().clone();
    few.remove(0L, LARGE / 5L);
    sparse =
        new Source(sparse.path(), sparse.location(), sparse.size(), LARGE, few, sparse.rowIds());

    Compacted compacted =
        new Compactor(store, WriteOptions.DEFAULT)
            .compact(
                List.of(narrow, sparse),
                COLUMNS_AND_NOTE,
                List.of(),
                directory + "/c.parquet",
                new int[0],
                (row, values) -> {});

    assertEquals(200_000 + few.getCardinality(), compacted.file().rows());
    assertEquals(1, rowGroups(compacted).size());
    assertTrue(
        compacted
            .deleted(List.of(new RoaringBitmap(), RoaringBitmap.bitmapOfRange(0, LARGE / 5)))
            .isEmpty());
  }

  @Test
  void filesOfAnotherCompressionAreEncodedAnew() throws IOException {
    Source zstd = largeSource("a", 0, LARGE, COLUMNS_AND_NOTE, 3);

    Compacted compacted =
        new Compactor(store, new WriteOptions(Codec.SNAPPY, Encoding.STANDARD))
            .compact(
                List.of(zstd),
                COLUMNS_AND_NOTE,
                List.of(),
                directory + "/c.parquet",
                new int[0],
                (row, values) -> {});

    assertEquals(LARGE - 1, compacted.file().rows());
  }

  private List<Long> rowGroups(Compacted compacted) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(new LocalInputFile(Path.of(compacted.file().location())))) {
      for (BlockMetaData group : reader.getRowGroups()) {
        for (ColumnChunkMetaData chunk : group.getColumns()) {
          OffsetIndex pages = reader.readOffsetIndex(chunk);
          assertEquals(chunk.getFirstDataPageOffset(), pages.getOffset(0));
          assertNotNull(reader.readColumnIndex(chunk));
        }
      }
      return reader.getRowGroups().stream().map(BlockMetaData::getRowCount).toList();
    }
  }

  private void assertNotes(String location, List<Long> ids) throws IOException {
    RoaringBitmap all = RoaringBitmap.bitmapOfRange(0, ids.size());
    new RowFileReader(store)
        .read(
            location,
            Files.size(Path.of(location)),
            all,
            COLUMNS_AND_NOTE,
            (row, values) -> assertEquals(note(ids.get(row)), values[1]));
  }

  /** Of a length that no compression takes away. */
  private static String note(long id) {
    SplittableRandom random = new SplittableRandom(id);
    return Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
  }

  private Source largeSource(
      String name, long firstId, int rows, List<DeltaColumn> columns, int... deleted)
      throws IOException {
    assertTrue(RowFileWriter.mayAppend(0, rows));
    return source(name, firstId, rows, columns, deleted);
  }

  private Source source(String name, long firstId, int rows, int... deleted) throws IOException {
    return source(name, firstId, rows, COLUMNS, deleted);
  }

  private Source source(
      String name, long firstId, int rows, List<DeltaColumn> columns, int... deleted)
      throws IOException {
    String location = directory + "/" + name + ".parquet";
    try (RowFileWriter writer =
        RowFileWriter.create(store, location, columns, WriteOptions.DEFAULT)) {
      for (int row = 0; row < rows; row++) {
        long id = firstId + row;
        writer.write(columns == COLUMNS ? new Object[] {id} : new Object[] {id, note(id)});
      }
      writer.finish();
    }
    RoaringBitmap live = new RoaringBitmap();
    live.add(0L, rows);
    live.andNot(RoaringBitmap.bitmapOf(deleted));
    return new Source(
        name + ".parquet", location, Files.size(Path.of(location)), rows, live, Optional.empty());
  }

  private List<Long> ids(String location, long rows) throws IOException {
    RoaringBitmap all = new RoaringBitmap();
    all.add(0L, rows);
    List<Long> ids = new ArrayList<>();
    new RowFileReader(store)
        .read(
            location,
            Files.size(Path.of(location)),
            all,
            COLUMNS,
            (row, values) -> ids.add((Long) values[0]));
    return ids;
  }
}
