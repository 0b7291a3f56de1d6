// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.lakehousecdc.sink.Seeds;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Codec;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Encoding;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Function;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.roaringbitmap.RoaringBitmap;

/**
 * Row groups without dictionaries, beside those that parquet-java encodes of the same rows: the
 * files that stay.
 */
class PlainRowGroupTest {
  private static final int[] ROWS = {1, 7, 8, 20_000, 20_001, 45_000};
  private static final double[] NUMBERS = {
    0.0, -0.0, Double.NaN, 1.5, -7, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e300
  };

  private static final Map<DataType, Function<Random, Object>> VALUES =
      Map.ofEntries(
          Map.entry(BooleanType.BOOLEAN, Random::nextBoolean),
          Map.entry(ByteType.BYTE, random -> (byte) random.nextInt()),
          Map.entry(ShortType.SHORT, random -> (short) random.nextInt()),
          Map.entry(IntegerType.INTEGER, Random::nextInt),
          Map.entry(LongType.LONG, Random::nextLong),
          Map.entry(FloatType.FLOAT, random -> (float) NUMBERS[random.nextInt(NUMBERS.length)]),
          Map.entry(DoubleType.DOUBLE, random -> NUMBERS[random.nextInt(NUMBERS.length)]),
          Map.entry(new DecimalType(9, 3), random -> decimal(random, 9, 3)),
          Map.entry(new DecimalType(18, 0), random -> decimal(random, 18, 0)),
          Map.entry(new DecimalType(38, 10), random -> decimal(random, 38, 10)),
          Map.entry(StringType.STRING, PlainRowGroupTest::text),
          Map.entry(BinaryType.BINARY, random -> bytes(random)),
          Map.entry(DateType.DATE, random -> random.nextInt(40_000) - 20_000),
          Map.entry(TimestampType.TIMESTAMP, random -> micros(random)),
          Map.entry(TimestampNTZType.TIMESTAMP_NTZ, random -> micros(random)));

  private final LocalFileIO store = new LocalFileIO();
  private final RowFileReader reader = new RowFileReader(store);

  @TempDir Path directory;

  @ParameterizedTest
  @Seeds(8)
  void holdTheSameRowsAndStatistics(long seed) throws IOException {
    Random random = new Random(seed);
    Encoding encoding = Encoding.values()[random.nextInt(2)];
    Codec codec = Codec.values()[random.nextInt(Codec.values().length)];
    List<DeltaColumn> columns = columns(random);
    List<Object[]> rows = rows(columns, ROWS[random.nextInt(ROWS.length)], random);
    WriteOptions options = new WriteOptions(codec, encoding);

    WrittenFile plain = write("plain", columns, rows, options);
    WrittenFile lasting = write("lasting", columns, rows, options.lasting());

    assertEquals(lasting.statistics(), plain.statistics());
    List<ColumnChunkMetaData> expected = chunks(lasting);
    List<ColumnChunkMetaData> chunks = chunks(plain);
    assertEquals(expected.size(), chunks.size());
    for (int i = 0; i < chunks.size(); i++) {
      assertEquals(expected.get(i).getStatistics(), chunks.get(i).getStatistics());
      assertEquals(
          expected.get(i).getSizeStatistics().getUnencodedByteArrayDataBytes(),
          chunks.get(i).getSizeStatistics().getUnencodedByteArrayDataBytes());
    }
    RoaringBitmap wanted = new RoaringBitmap();
    wanted.add(0L, rows.size());
    assertHolds(rows, plain, columns, wanted);
    for (int row = 0; row < rows.size(); row++) {
      if (random.nextInt(1000) != 0) {
        wanted.remove(row);
      }
    }
    assertHolds(rows, plain, columns, wanted);
  }

  @Test
  void pagesEndAfterSoManyRowsOrBytes() throws IOException {
    List<DeltaColumn> columns =
        List.of(column("n", LongType.LONG, false), column("t", StringType.STRING, true));
    List<Object[]> rows = new ArrayList<>();
    for (int row = 0; row < 45_000; row++) {
      rows.add(new Object[] {(long) row, "x".repeat(100)});
    }

    WrittenFile file = write("pages", columns, rows, WriteOptions.DEFAULT);

    assertEquals(List.of(0L, 20_000L, 40_000L), firstRowsOfPages(file, 0));
    List<Long> texts = firstRowsOfPages(file, 1);
    assertEquals(5, texts.size(), texts::toString);
    assertTrue(texts.get(1) < 20_000, texts::toString);
  }

  @Test
  void nameTheColumnThatAValueDoesNotFit() throws IOException {
    assertRefused(column("n", new DecimalType(5, 2), true), new BigDecimal("1000"), "Column n");
    assertRefused(column("n", new DecimalType(5, 2), true), new BigDecimal("0.001"), "Column n");
    assertRefused(column("n", new DecimalType(5, 2), true), new BigDecimal("1e30"), "Column n");
    assertRefused(column("n", ByteType.BYTE, true), 128, "Column n");
    assertRefused(column("n", StringType.STRING, true), 128, "Column n");
    assertRefused(column("n", LongType.LONG, false), null, "Column n");
  }

  private void assertRefused(DeltaColumn column, Object value, String message) throws IOException {
    try (RowFileWriter writer =
        RowFileWriter.create(
            store, directory + "/refused.parquet", List.of(column), WriteOptions.DEFAULT)) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> writer.write(new Object[] {value}));
      assertTrue(refused.getMessage().contains(message), refused::getMessage);
    }
  }

  private static List<DeltaColumn> columns(Random random) {
    List<DeltaColumn> columns = new ArrayList<>();
    VALUES
        .keySet()
        .forEach(type -> columns.add(column("c" + columns.size(), type, random.nextInt(4) > 0)));
    return columns;
  }

  private static List<Object[]> rows(List<DeltaColumn> columns, int count, Random random) {
    int[] percentOfNulls =
        columns.stream()
            .mapToInt(column -> column.nullable() ? random.nextInt(4) * 100 / 3 : 0)
            .toArray();
    List<Object[]> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      Object[] values = new Object[columns.size()];
      for (int i = 0; i < values.length; i++) {
        boolean isNull = random.nextInt(100) < percentOfNulls[i];
        values[i] = isNull ? null : VALUES.get(columns.get(i).type()).apply(random);
      }
      rows.add(values);
    }
    return rows;
  }

  private static DeltaColumn column(String name, DataType type, boolean nullable) {
    return new DeltaColumn(name, name, OptionalInt.empty(), type, nullable);
  }

  private static BigDecimal decimal(Random random, int precision, int scale) {
    BigInteger limit = BigInteger.TEN.pow(precision);
    BigInteger unscaled = new BigInteger(limit.bitLength(), random).mod(limit);
    return new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), scale)
        .setScale(scale);
  }

  private static String text(Random random) {
    String[] texts = {"", "a", "ä", "\uD83D\uDE00", "z".repeat(40), "\uFFFF", "Z"};
    return texts[random.nextInt(texts.length)] + random.nextInt(10);
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(5)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static long micros(Random random) {
    return random.nextLong() >> 12;
  }

  private WrittenFile write(
      String name, List<DeltaColumn> columns, List<Object[]> rows, WriteOptions options)
      throws IOException {
    try (RowFileWriter writer =
        RowFileWriter.create(store, directory + "/" + name + ".parquet", columns, options)) {
      for (Object[] row : rows) {
        writer.write(row);
      }
      return writer.finish();
    }
  }

  private List<ColumnChunkMetaData> chunks(WrittenFile file) throws IOException {
    List<ColumnChunkMetaData> chunks = new ArrayList<>();
    try (FileInput input = store.open(file.location(), file.size());
        ParquetFileReader footer = ParquetFileReader.open(new StoredInput(input))) {
      for (BlockMetaData group : footer.getFooter().getBlocks()) {
        chunks.addAll(group.getColumns());
      }
    }
    return chunks;
  }

  private List<Long> firstRowsOfPages(WrittenFile file, int column) throws IOException {
    List<Long> rows = new ArrayList<>();
    try (FileInput input = store.open(file.location(), file.size());
        ParquetFileReader footer = ParquetFileReader.open(new StoredInput(input))) {
      OffsetIndex pages = footer.readOffsetIndex(chunks(file).get(column));
      for (int page = 0; page < pages.getPageCount(); page++) {
        rows.add(pages.getFirstRowIndex(page));
      }
    }
    return rows;
  }

  private void assertHolds(
      List<Object[]> rows, WrittenFile file, List<DeltaColumn> columns, RoaringBitmap wanted)
      throws IOException {
    RoaringBitmap seen = new RoaringBitmap();
    reader.read(
        file.location(),
        file.size(),
        wanted,
        columns,
        (row, values) -> {
          assertArrayEquals(rows.get(row), values);
          seen.add(row);
        });
    assertEquals(wanted, seen);
  }
}
