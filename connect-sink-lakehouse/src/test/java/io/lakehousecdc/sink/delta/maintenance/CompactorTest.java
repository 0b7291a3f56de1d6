// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.delta.kernel.types.LongType;
import io.lakehousecdc.sink.delta.maintenance.Compactor.Compacted;
import io.lakehousecdc.sink.delta.maintenance.Compactor.Source;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowFileReader;
import io.lakehousecdc.sink.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

class CompactorTest {
  private static final List<DeltaColumn> COLUMNS =
      List.of(new DeltaColumn("id", "col-id", OptionalInt.of(1), LongType.LONG, false));

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
                List.of(a, b), COLUMNS, List.of(), directory + "/c.parquet", (row, values) -> {});

    RoaringBitmap gone =
        compacted.deletedMeanwhile(
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
            .compact(List.of(a), COLUMNS, List.of(), directory + "/c.parquet", (row, values) -> {});

    assertTrue(compacted.deletedMeanwhile(List.of(RoaringBitmap.bitmapOf(4))).isEmpty());
  }

  private Source source(String name, long firstId, int rows, int... deleted) throws IOException {
    String location = directory + "/" + name + ".parquet";
    try (RowFileWriter writer =
        RowFileWriter.create(store, location, COLUMNS, WriteOptions.DEFAULT)) {
      for (int row = 0; row < rows; row++) {
        writer.write(new Object[] {firstId + row});
      }
      writer.finish();
    }
    RoaringBitmap live = new RoaringBitmap();
    live.add(0L, rows);
    live.andNot(RoaringBitmap.bitmapOf(deleted));
    return new Source(
        name + ".parquet", location, Files.size(Path.of(location)), live, Optional.empty());
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
