// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.lakehousecdc.sink.delta.SmallJvm;
import io.lakehousecdc.sink.delta.maintenance.Compactor;
import io.lakehousecdc.sink.delta.maintenance.Compactor.Source;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roaringbitmap.RoaringBitmap;

/** Cells of which a few take more memory than there is for rows, among small ones. */
class LargeCellsTest {
  private static final List<DeltaColumn> COLUMNS =
      List.of(
          column("id", LongType.LONG),
          column("text", StringType.STRING),
          column("bytes", BinaryType.BINARY),
          column("texts", new ArrayType(StringType.STRING, true)));

  @TempDir Path directory;

  private static DeltaColumn column(String name, DataType type) {
    return new DeltaColumn(name, name, OptionalInt.empty(), type, true);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 100})
  void rowsComeBackInOrderWhicheverOfTheirCellsAreLarge(int step) throws IOException {
    LocalFileIO store = new LocalFileIO();
    String file = directory + "/cells.parquet";
    int count = 700;
    try (RowFileWriter writer = RowFileWriter.create(store, file, COLUMNS, WriteOptions.DEFAULT)) {
      for (int row = 0; row < count; row++) {
        writer.write(uneven(row));
      }
      writer.finish();
    }
    RoaringBitmap wanted = new RoaringBitmap();
    for (int row = 0; row < count; row += step) {
      wanted.add(row);
    }
    List<Integer> seen = new ArrayList<>();

    new RowFileReader(store)
        .read(
            file,
            Files.size(Path.of(file)),
            wanted,
            COLUMNS,
            (row, values) -> {
              assertTrue(Arrays.deepEquals(uneven(row), values), () -> "row " + row);
              seen.add(row);
            });

    assertEquals(wanted.stream().boxed().toList(), seen);
  }

  /** One column is large where another is small, in runs of different lengths. */
  private static Object[] uneven(int row) {
    return new Object[] {
      (long) row,
      row % 11 == 0 ? null : text(row, row % 50 < 10 ? 150_000 : 5),
      row % 13 == 0 ? null : bytes(row, row % 70 < 20 ? 300_000 : 5),
      row % 17 == 0 ? null : List.of(text(row, row % 90 < 5 ? 400_000 : 5), "b")
    };
  }

  private static String text(int seed, int length) {
    StringBuilder text = new StringBuilder(length);
    Random random = new Random(seed);
    for (int i = 0; i < length; i++) {
      text.append((char) ('!' + random.nextInt(90)));
    }
    return text.toString();
  }

  private static byte[] bytes(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void rowGroupsAreBoundedWhereLargeRowsComeAmongSmallOnes() throws IOException {
    LocalFileIO store = new LocalFileIO();
    String file = directory + "/mixed.parquet";
    int large = 2 << 20;
    try (RowFileWriter writer = RowFileWriter.create(store, file, COLUMNS, WriteOptions.DEFAULT)) {
      for (int row = 0; row < 20_000; row++) {
        boolean isLarge = row >= 5_000 && row < 5_040;
        writer.write(new Object[] {(long) row, null, bytes(row, isLarge ? large : 10), null});
      }
      writer.finish();
    }

    List<Long> rows = new ArrayList<>();
    try (FileInput input = store.open(file);
        ParquetFileReader reader = ParquetFileReader.open(new StoredInput(input))) {
      for (BlockMetaData group : reader.getFooter().getBlocks()) {
        rows.add(group.getRowCount());
        assertTrue(
            group.getTotalByteSize() < RowFileWriter.ROW_GROUP_BYTES + 2 * large,
            () -> group.getTotalByteSize() + " bytes");
      }
    }
    assertEquals(List.of(5_000L, 16L, 16L, 14_968L), rows);
  }

  @Test
  void fileOfLargeCellsIsWrittenCompactedAndReadInASmallHeap() throws Exception {
    SmallJvm.run(
        List.of("-Xmx224m", "-XX:MaxDirectMemorySize=16m"),
        directory.resolve("log"),
        Big.class,
        directory.toString());
  }

  /** Files of small rows, then one of 8 rows of 8 MB: the size that compactions aim at. */
  static final class Big {
    private static final int LARGE = 8;
    private static final int SMALL = 5_000;

    private Big() {}

    public static void main(String[] arguments) throws IOException {
      LocalFileIO store = new LocalFileIO();
      List<Source> sources = new ArrayList<>();
      sources.add(source(store, arguments[0] + "/small.parquet", SMALL, 10));
      sources.add(source(store, arguments[0] + "/large.parquet", LARGE, 8 << 20));
      String merged = arguments[0] + "/merged.parquet";
      new Compactor(store, WriteOptions.DEFAULT)
          .compact(sources, COLUMNS, List.of(), merged, new int[0], (row, values) -> {});
      int[] seen = {0};
      new RowFileReader(store)
          .read(
              merged,
              Files.size(Path.of(merged)),
              RoaringBitmap.bitmapOfRange(0, SMALL + LARGE),
              COLUMNS,
              (row, values) -> {
                boolean isSmall = row < SMALL;
                byte[] expected = isSmall ? bytes(row, 10) : bytes(row - SMALL, 8 << 20);
                assertTrue(Arrays.equals(expected, (byte[]) values[2]), () -> "row " + row);
                seen[0]++;
              });
      assertEquals(SMALL + LARGE, seen[0]);
    }

    private static Source source(LocalFileIO store, String file, int rows, int length)
        throws IOException {
      try (RowFileWriter writer =
          RowFileWriter.create(store, file, COLUMNS, WriteOptions.DEFAULT)) {
        for (int row = 0; row < rows; row++) {
          writer.write(new Object[] {(long) row, null, bytes(row, length), null});
        }
        writer.finish();
      }
      return new Source(
          file,
          file,
          Files.size(Path.of(file)),
          rows,
          RoaringBitmap.bitmapOfRange(0, rows),
          Optional.empty());
    }
  }
}
