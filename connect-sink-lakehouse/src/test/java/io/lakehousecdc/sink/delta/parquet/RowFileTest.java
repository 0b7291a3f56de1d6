// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.delta.kernel.types.ArrayType;
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
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Codec;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Encoding;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.roaringbitmap.RoaringBitmap;

class RowFileTest {
  private static final BigDecimal GREATEST_38 =
      new BigDecimal("9".repeat(30) + "." + "9".repeat(8));

  /** Ends with a page of one row. */
  private static final int FAR = 100_001;

  private final LocalFileIO store = new LocalFileIO();
  private final RowFileReader reader = new RowFileReader(store);

  @TempDir Path directory;

  private static Arguments type(DataType type, Object... values) {
    return Arguments.of(type, Arrays.asList(values));
  }

  static Stream<Arguments> types() {
    Map<Object, Object> withNull = new HashMap<>(Map.of("a", 1L));
    withNull.put("b", null);
    return Stream.of(
        type(BooleanType.BOOLEAN, true, false, null),
        type(ByteType.BYTE, Byte.MIN_VALUE, Byte.MAX_VALUE, (byte) 0, null),
        type(ShortType.SHORT, Short.MIN_VALUE, Short.MAX_VALUE, null),
        type(IntegerType.INTEGER, Integer.MIN_VALUE, Integer.MAX_VALUE, null),
        type(LongType.LONG, Long.MIN_VALUE, Long.MAX_VALUE, 0L, null),
        type(
            FloatType.FLOAT,
            -Float.MAX_VALUE,
            Float.MIN_VALUE,
            Float.NaN,
            Float.NEGATIVE_INFINITY,
            -0.0f,
            null),
        type(
            DoubleType.DOUBLE,
            -Double.MAX_VALUE,
            Double.MIN_VALUE,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            null),
        type(new DecimalType(9, 2), new BigDecimal("9999999.99"), new BigDecimal("-9999999.99")),
        type(new DecimalType(10, 0), new BigDecimal("9999999999"), new BigDecimal("-1"), null),
        type(new DecimalType(18, 18), new BigDecimal("0." + "9".repeat(18)), null),
        type(new DecimalType(19, 4), new BigDecimal("-0.0001"), new BigDecimal("0.0000"), null),
        type(new DecimalType(38, 8), GREATEST_38, GREATEST_38.negate(), null),
        type(StringType.STRING, "", "\0", "äöü €", "\uD83D\uDE00", "x".repeat(70_000), null),
        type(BinaryType.BINARY, new byte[0], new byte[] {-1, 0, 127}, null),
        type(DateType.DATE, -719_162, 2_932_896, 0, -1_000_000, null),
        type(TimestampType.TIMESTAMP, -62_135_596_800_000_000L, 253_402_300_799_999_999L, -1L),
        type(TimestampNTZType.TIMESTAMP_NTZ, 1L, -1L, 0L, null),
        type(
            new ArrayType(IntegerType.INTEGER, true),
            List.of(),
            Arrays.asList(1, null, 3),
            Collections.singletonList(null),
            null),
        type(
            new ArrayType(new ArrayType(StringType.STRING, true), true),
            List.of(List.of("a", "b"), List.of()),
            Arrays.asList(null, List.of("c"))),
        type(new MapType(StringType.STRING, LongType.LONG, true), Map.of(), withNull, null),
        type(
            new StructType()
                .add("x", IntegerType.INTEGER)
                .add("y", new ArrayType(new DecimalType(20, 1), true)),
            new Object[] {1, List.of(new BigDecimal("1.5"))},
            new Object[] {null, null},
            null));
  }

  @ParameterizedTest
  @MethodSource("types")
  void valuesComeBackFromOurReaderAndFromKernel(DataType type, List<Object> values)
      throws IOException {
    DeltaColumn column = new DeltaColumn("c", "col-1", OptionalInt.of(7), type, true);
    for (Codec codec : Codec.values()) {
      String file =
          write(List.of(column), new WriteOptions(codec, Encoding.STANDARD), rows(values));

      assertValues(values, read(file, column));
      assertValues(values, KernelParquet.read(Path.of(file), column));
    }
    List<Object> repeated =
        Collections.nCopies(50, values).stream().flatMap(List::stream).collect(Collectors.toList());
    String file = write(List.of(column), WriteOptions.DEFAULT.lasting(), rows(repeated));
    assertValues(repeated, read(file, column));
  }

  @ParameterizedTest
  @MethodSource("types")
  void legacyEncodingHoldsTheSameValues(DataType type, List<Object> values) throws IOException {
    DeltaColumn column = new DeltaColumn("c", "c", OptionalInt.empty(), type, true);

    String file =
        write(List.of(column), new WriteOptions(Codec.SNAPPY, Encoding.LEGACY), rows(values));

    assertValues(values, read(file, column));
    assertValues(values, KernelParquet.read(Path.of(file), column));
  }

  static Stream<Arguments> widenings() {
    return Stream.of(
        Arguments.of(ByteType.BYTE, (byte) -7, ShortType.SHORT, (short) -7),
        Arguments.of(ShortType.SHORT, (short) -7, IntegerType.INTEGER, -7),
        Arguments.of(IntegerType.INTEGER, -7, LongType.LONG, -7L),
        Arguments.of(IntegerType.INTEGER, -7, DoubleType.DOUBLE, -7.0),
        Arguments.of(FloatType.FLOAT, 1.5f, DoubleType.DOUBLE, 1.5),
        Arguments.of(IntegerType.INTEGER, 7, new DecimalType(12, 2), new BigDecimal("7.00")),
        Arguments.of(LongType.LONG, 7L, new DecimalType(22, 2), new BigDecimal("7.00")),
        Arguments.of(
            new DecimalType(5, 2),
            new BigDecimal("1.50"),
            new DecimalType(25, 4),
            new BigDecimal("1.5000")),
        Arguments.of(
            new DecimalType(20, 2),
            new BigDecimal("1.50"),
            new DecimalType(25, 4),
            new BigDecimal("1.5000")),
        Arguments.of(DateType.DATE, -1, TimestampNTZType.TIMESTAMP_NTZ, -86_400_000_000L));
  }

  @ParameterizedTest
  @MethodSource("widenings")
  void widenedColumnReadsAtItsPresentType(
      DataType stored, Object value, DataType present, Object wide) throws IOException {
    String file = write(List.of(column("c", stored)), WriteOptions.DEFAULT, rows(List.of(value)));

    assertValues(List.of(wide), read(file, column("c", present)));
  }

  @Test
  void narrowedColumnIsRefused() throws IOException {
    String file =
        write(List.of(column("c", LongType.LONG)), WriteOptions.DEFAULT, rows(List.of(1L)));

    IllegalArgumentException failure =
        assertThrows(
            IllegalArgumentException.class, () -> read(file, column("c", IntegerType.INTEGER)));
    assertTrue(failure.getMessage().contains("cannot be read as"), failure.getMessage());
  }

  @Test
  void columnIsFoundByItsNameWhateverItsCaseAndElseReadsAsNull() throws IOException {
    String file =
        write(
            List.of(
                new DeltaColumn("a", "col-a", OptionalInt.of(1), LongType.LONG, true),
                new DeltaColumn("b", "b", OptionalInt.empty(), LongType.LONG, true)),
            WriteOptions.DEFAULT,
            List.<Object[]>of(new Object[] {10L, 20L}));
    List<DeltaColumn> wanted =
        List.of(
            new DeltaColumn("renamed", "col-a", OptionalInt.of(1), LongType.LONG, true),
            new DeltaColumn("b", "B", OptionalInt.of(2), LongType.LONG, true),
            new DeltaColumn("later", "col-later", OptionalInt.of(3), LongType.LONG, true));

    List<Object[]> rows = new ArrayList<>();
    reader.read(
        file,
        Files.size(Path.of(file)),
        RoaringBitmap.bitmapOf(0),
        wanted,
        (row, values) -> rows.add(values));

    assertArrayEquals(new Object[] {10L, 20L, null}, rows.get(0));
  }

  @Test
  void fileWithoutAnyOfTheColumnsReadsAsNulls() throws IOException {
    String file =
        write(List.of(column("a", LongType.LONG)), WriteOptions.DEFAULT, rows(List.of(1L, 2L, 3L)));
    List<Integer> rows = new ArrayList<>();

    reader.read(
        file,
        Files.size(Path.of(file)),
        RoaringBitmap.bitmapOf(0, 2),
        List.of(column("later", LongType.LONG)),
        (row, values) -> {
          assertArrayEquals(new Object[] {null}, values);
          rows.add(row);
        });

    assertEquals(List.of(0, 2), rows);
  }

  @ParameterizedTest
  @EnumSource(Selection.class)
  void rowsAreSelectedByTheirIndex(Selection selection) throws IOException {
    int count = 150_000;
    SplittableRandom random = new SplittableRandom(selection.ordinal());
    List<DeltaColumn> columns =
        List.of(
            column("id", LongType.LONG),
            column("text", StringType.STRING),
            column("tags", new ArrayType(IntegerType.INTEGER, true)));
    String file = directory + "/selected.parquet";
    try (RowFileWriter writer = RowFileWriter.create(store, file, columns, WriteOptions.DEFAULT)) {
      for (int row = 0; row < count; row++) {
        writer.write(selected(row));
      }
      writer.finish();
    }
    RoaringBitmap rows = new RoaringBitmap();
    for (int row = 0; row < count; row++) {
      if (selection.wants(row, random)) {
        rows.add(row);
      }
    }

    List<Integer> seen = new ArrayList<>();
    reader.read(
        file,
        Files.size(Path.of(file)),
        rows,
        columns,
        (row, values) -> {
          assertArrayEquals(selected(row), values);
          seen.add(row);
        });

    assertEquals(Arrays.stream(rows.toArray()).boxed().toList(), seen);
    assertEquals(count, reader.rows(file, Files.size(Path.of(file))));
  }

  private enum Selection {
    ALL,
    HALF,
    FEW,
    ONE,
    LAST,
    NONE;

    boolean wants(int row, SplittableRandom random) {
      return switch (this) {
        case ALL -> true;
        case HALF -> random.nextBoolean();
        case FEW -> random.nextInt(2000) == 0;
        case ONE -> row == 77_777;
        case LAST -> row == 149_999;
        case NONE -> false;
      };
    }
  }

  private static Object[] selected(int row) {
    return new Object[] {
      (long) row,
      row % 7 == 0 ? null : "row " + row,
      row % 5 == 0 ? null : Collections.nCopies(row % 4, row)
    };
  }

  /** A file of many pages, of which no two rows wanted share one. */
  @ParameterizedTest
  @MethodSource("farApart")
  void rowsOnPagesOfTheirOwnAreThoseWanted(List<Integer> wanted) throws IOException {
    List<DeltaColumn> columns =
        List.of(
            column("id", LongType.LONG),
            column("text", StringType.STRING),
            column("tags", new ArrayType(IntegerType.INTEGER, true)));
    String file = directory + "/pages.parquet";
    try (RowFileWriter writer = RowFileWriter.create(store, file, columns, WriteOptions.DEFAULT)) {
      for (int row = 0; row < FAR; row++) {
        writer.write(selected(row));
      }
      writer.finish();
    }
    RoaringBitmap rows = new RoaringBitmap();
    wanted.forEach(rows::add);
    List<Integer> seen = new ArrayList<>();

    reader.read(
        file,
        Files.size(Path.of(file)),
        rows,
        columns,
        (row, values) -> {
          assertArrayEquals(selected(row), values);
          seen.add(row);
        });

    assertEquals(wanted, seen);
  }

  static Stream<List<Integer>> farApart() {
    return Stream.of(
        List.of(0, 90_001),
        List.of(1, 50_002, 90_003),
        List.of(0, FAR - 1),
        List.of(FAR - 2, FAR - 1),
        List.of(19_999, 20_000, 39_999, 40_000),
        List.of(40_001));
  }

  @Test
  void rowBeyondTheFileIsAnError() throws IOException {
    String file =
        write(List.of(column("a", LongType.LONG)), WriteOptions.DEFAULT, rows(List.of(1L, 2L)));

    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                reader.read(
                    file,
                    Files.size(Path.of(file)),
                    RoaringBitmap.bitmapOf(2),
                    List.of(column("a", LongType.LONG)),
                    (row, values) -> {}));
    assertTrue(failure.getMessage().contains("has 2 rows"), failure.getMessage());
  }

  static Stream<Arguments> unfit() {
    return Stream.of(
        type(ByteType.BYTE, (short) 128),
        type(IntegerType.INTEGER, 1L << 31),
        type(LongType.LONG, "1"),
        type(new DecimalType(4, 2), new BigDecimal("100.00")),
        type(new DecimalType(4, 2), new BigDecimal("1.001")),
        type(new DecimalType(30, 2), new BigDecimal("1e29")));
  }

  @ParameterizedTest
  @MethodSource("unfit")
  void valueThatDoesNotFitIsRefusedAndLeavesNoFile(DataType type, List<Object> values)
      throws IOException {
    IllegalArgumentException failure =
        assertThrows(
            IllegalArgumentException.class,
            () -> write(List.of(column("c", type)), WriteOptions.DEFAULT, rows(values)));

    assertTrue(failure.getMessage().contains("Column c"), failure.getMessage());
    try (var left = Files.list(directory)) {
      assertEquals(0, left.count());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nullIsRefusedWhereTheColumnDoesNotHoldIt(boolean nullable) throws IOException {
    DeltaColumn column = new DeltaColumn("c", "c", OptionalInt.empty(), LongType.LONG, nullable);
    if (nullable) {
      write(List.of(column), WriteOptions.DEFAULT, rows(Arrays.asList(1L, null)));
    } else {
      assertThrows(
          IllegalArgumentException.class,
          () -> write(List.of(column), WriteOptions.DEFAULT, rows(Arrays.asList(1L, null))));
    }
  }

  private static DeltaColumn column(String name, DataType type) {
    return new DeltaColumn(name, name, OptionalInt.empty(), type, true);
  }

  private static List<Object[]> rows(List<Object> values) {
    List<Object[]> rows = new ArrayList<>();
    values.forEach(value -> rows.add(new Object[] {value}));
    return rows;
  }

  private String write(List<DeltaColumn> columns, WriteOptions options, List<Object[]> rows)
      throws IOException {
    String file = directory + "/" + options.codec() + ".parquet";
    try (RowFileWriter writer = RowFileWriter.create(store, file, columns, options)) {
      for (Object[] row : rows) {
        writer.write(row);
      }
      WrittenFile written = writer.finish();
      assertEquals(Files.size(Path.of(file)), written.size());
      assertEquals(rows.size(), written.rows());
    }
    return file;
  }

  private List<Object> read(String file, DeltaColumn column) throws IOException {
    RoaringBitmap all = new RoaringBitmap();
    all.add(0L, reader.rows(file, Files.size(Path.of(file))));
    List<Object> values = new ArrayList<>();
    reader.read(
        file,
        Files.size(Path.of(file)),
        all,
        List.of(column),
        (row, cells) -> values.add(cells[0]));
    return values;
  }

  private static void assertValues(List<Object> expected, List<Object> actual) {
    assertArrayEquals(expected.toArray(), actual.toArray());
  }
}
