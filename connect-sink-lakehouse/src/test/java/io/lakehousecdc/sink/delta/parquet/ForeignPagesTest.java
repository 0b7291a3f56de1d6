// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.lakehousecdc.sink.delta.storage.FileOutput;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.roaringbitmap.RoaringBitmap;

/** Rows chosen of files as other programs write them: any version of pages, and any encoding. */
class ForeignPagesTest {
  private static final int ROWS = 20_000;
  private static final List<DeltaColumn> COLUMNS =
      List.of(
          column("id", LongType.LONG, false),
          column("number", IntegerType.INTEGER, true),
          column("ascending", LongType.LONG, true),
          column("flag", BooleanType.BOOLEAN, true),
          column("ratio", FloatType.FLOAT, true),
          column("weight", DoubleType.DOUBLE, true),
          column("state", StringType.STRING, true),
          column("name", StringType.STRING, false),
          column("amount", new DecimalType(25, 2), true),
          column("never", StringType.STRING, true),
          column("tags", new ArrayType(IntegerType.INTEGER, true), true));

  private final List<Object[]> written = new ArrayList<>();

  @TempDir Path directory;

  private static DeltaColumn column(String name, DataType type, boolean nullable) {
    return new DeltaColumn(name, name, OptionalInt.empty(), type, nullable);
  }

  /** How files are written that differ in what a reader of pages has to understand. */
  private record Style(
      WriterVersion version,
      boolean dictionary,
      boolean split,
      int pageRows,
      CompressionCodecName codec) {}

  static Stream<Arguments> styles() {
    return Stream.of(WriterVersion.values())
        .flatMap(version -> Stream.of(true, false).map(dictionary -> style(version, dictionary)))
        .flatMap(
            style ->
                Stream.of(
                    style,
                    new Style(
                        style.version, style.dictionary, true, ROWS, CompressionCodecName.SNAPPY)))
        .flatMap(style -> IntStream.of(1, 2, 50, 1_000).mapToObj(one -> Arguments.of(style, one)));
  }

  private static Style style(WriterVersion version, boolean dictionary) {
    return new Style(version, dictionary, false, 777, CompressionCodecName.ZSTD);
  }

  @BeforeEach
  void makeRows() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < ROWS; i++) {
      // NULLs by chance, and as long stretches, which are runs of levels.
      boolean stretch = i / 900 % 2 == 0;
      written.add(
          new Object[] {
            (long) i,
            random.nextInt(3) == 0 ? null : random.nextInt(1 << random.nextInt(1, 31)),
            stretch ? null : 1_700_000_000_000_000L + i,
            stretch && random.nextBoolean() ? null : random.nextBoolean(),
            random.nextInt(10) == 0 ? null : (float) random.nextInt(100),
            stretch ? random.nextDouble() : null,
            random.nextInt(4) == 0 ? null : "state " + random.nextInt(5),
            "name " + "é".repeat(random.nextInt(4)) + random.nextInt(),
            stretch ? null : BigDecimal.valueOf(random.nextLong(), 2),
            null,
            random.nextInt(4) == 0 ? null : Collections.nCopies(random.nextInt(3), i)
          });
    }
  }

  @ParameterizedTest
  @MethodSource("styles")
  void chosenRowsAreThoseThatWereWritten(Style style, int oneOf) throws IOException {
    Path file = directory.resolve("foreign.parquet");
    write(file, style);
    SplittableRandom random = new SplittableRandom(oneOf);
    RoaringBitmap wanted = new RoaringBitmap();
    for (int row = 0; row < ROWS; row++) {
      if (random.nextInt(oneOf) == 0) {
        wanted.add(row);
      }
    }
    List<Integer> read = new ArrayList<>();

    new RowFileReader(new LocalFileIO())
        .read(
            file.toString(),
            Files.size(file),
            wanted,
            COLUMNS,
            (row, values) -> {
              assertArrayEquals(written.get(row), values, () -> "row " + row);
              read.add(row);
            });

    assertEquals(Arrays.stream(wanted.toArray()).boxed().toList(), read);
  }

  private void write(Path file, Style style) throws IOException {
    try (FileOutput output = new LocalFileIO().create(file.toString())) {
      try (ParquetWriter<Object[]> writer =
          new Rows(new StoredOutput(output))
              .withConf(new PlainParquetConfiguration())
              .withWriterVersion(style.version)
              .withDictionaryEncoding(style.dictionary)
              .withByteStreamSplitEncoding(style.split)
              .withPageRowCountLimit(style.pageRows)
              .withRowGroupSize(600_000L)
              .withCompressionCodec(style.codec)
              .build()) {
        for (Object[] row : written) {
          writer.write(row);
        }
      }
      output.complete();
    }
  }

  private static final class Rows extends ParquetWriter.Builder<Object[], Rows> {
    Rows(OutputFile file) {
      super(file);
    }

    @Override
    protected Rows self() {
      return this;
    }

    @Override
    protected WriteSupport<Object[]> getWriteSupport(
        org.apache.hadoop.conf.Configuration configuration) {
      return new Encoded();
    }

    @Override
    protected WriteSupport<Object[]> getWriteSupport(ParquetConfiguration configuration) {
      return new Encoded();
    }
  }

  private static final class Encoded extends WriteSupport<Object[]> {
    private final MessageType schema = ParquetTypes.schema(COLUMNS, WriteOptions.Encoding.STANDARD);
    private final RowEncoder encoder = new RowEncoder(COLUMNS, schema);
    private RecordConsumer to;

    @Override
    public WriteContext init(org.apache.hadoop.conf.Configuration configuration) {
      return new WriteContext(schema, Map.of());
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
      return new WriteContext(schema, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      to = consumer;
    }

    @Override
    public void write(Object[] row) {
      encoder.write(row, to);
    }
  }
}
