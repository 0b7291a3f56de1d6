// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FileStatisticsTest {
  private static final String GREATEST = Character.toString(Character.MAX_CODE_POINT);

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
          .build();

  @TempDir Path directory;

  private static Arguments column(DataType type, String min, String max, Object... values) {
    return Arguments.of(type, min, max, values);
  }

  /** Bounds as JSON; null where there is to be none. */
  static Stream<Arguments> bounds() {
    String long33 = "a".repeat(33);
    String smiles = "\uD83D\uDE00".repeat(33);
    return Stream.of(
        column(LongType.LONG, "-5", "7", 7L, null, -5L),
        column(LongType.LONG, null, null, null, null),
        column(DoubleType.DOUBLE, "-1.5", "2.5", -1.5, 2.5),
        column(DoubleType.DOUBLE, null, null, 1.0, Double.NaN),
        column(DoubleType.DOUBLE, "1.0", null, 1.0, Double.POSITIVE_INFINITY),
        column(
            new DecimalType(38, 2),
            "-" + "9".repeat(36) + ".99",
            "0.10",
            new BigDecimal("-" + "9".repeat(36) + ".99"),
            new BigDecimal("0.10")),
        column(new DecimalType(10, 2), "1.50", "1.50", new BigDecimal("1.50")),
        column(StringType.STRING, "\"\"", "\"z\"", "", "z"),
        column(
            StringType.STRING,
            "\"" + "a".repeat(32) + "\"",
            "\"" + "a".repeat(32) + GREATEST + "\"",
            long33),
        column(
            StringType.STRING,
            "\"" + "\uD83D\uDE00".repeat(32) + "\"",
            "\"" + "\uD83D\uDE00".repeat(32) + GREATEST + "\"",
            smiles),
        column(StringType.STRING, "\"" + "a".repeat(32) + "\"", null, "a".repeat(32) + GREATEST),
        column(BinaryType.BINARY, null, null, (Object) new byte[] {-1}),
        column(DateType.DATE, "\"1969-12-31\"", "\"1970-01-01\"", 0, -1),
        column(
            DateType.DATE,
            null,
            null,
            (int) LocalDate.of(0, 12, 31).toEpochDay(),
            (int) LocalDate.of(10000, 1, 1).toEpochDay()),
        column(
            TimestampType.TIMESTAMP,
            "\"1969-12-31T23:59:59.999Z\"",
            "\"1970-01-01T00:00:00.001Z\"",
            -1L,
            1999L),
        column(
            TimestampNTZType.TIMESTAMP_NTZ,
            "\"1969-12-31T23:59:59.999\"",
            "\"1970-01-01T00:00:00.001\"",
            -1L,
            1999L),
        column(TimestampType.TIMESTAMP, null, null, -62_167_219_200_000_001L));
  }

  @ParameterizedTest
  @MethodSource("bounds")
  void boundsAreWrittenWhereReadersCanRelyOnThem(
      DataType type, String min, String max, Object[] values) throws IOException {
    JsonNode statistics = statistics(type, values);

    assertEquals(values.length, statistics.get("numRecords").asInt());
    assertEquals(min, json(statistics.get("minValues").get("col-c")));
    assertEquals(max, json(statistics.get("maxValues").get("col-c")));
    long nulls = Stream.of(values).filter(value -> value == null).count();
    assertEquals(nulls, statistics.get("nullCount").get("col-c").asLong());
  }

  @Test
  void fieldsOfStructsHaveStatisticsOfTheirOwn() throws IOException {
    StructType type = new StructType().add("x", LongType.LONG).add("y", StringType.STRING);

    JsonNode statistics =
        statistics(type, new Object[] {new Object[] {1L, "a"}, new Object[] {2L, null}, null});

    assertEquals(1, statistics.get("minValues").get("col-c").get("x").asInt());
    assertEquals(2, statistics.get("maxValues").get("col-c").get("x").asInt());
    assertEquals(2, statistics.get("nullCount").get("col-c").get("y").asInt());
    assertTrue(statistics.get("nullCount").get("col-c").get("x").asInt() == 1);
  }

  private JsonNode statistics(DataType type, Object[] values) throws IOException {
    DeltaColumn column = new DeltaColumn("c", "col-c", OptionalInt.of(1), type, true);
    try (RowFileWriter writer =
        RowFileWriter.create(
            new LocalFileIO(),
            directory + "/file.parquet",
            List.of(column),
            WriteOptions.DEFAULT)) {
      for (Object value : values) {
        writer.write(new Object[] {value});
      }
      return JSON.readTree(writer.finish().statistics());
    }
  }

  private static String json(JsonNode node) {
    return node == null ? null : node.toString();
  }
}
