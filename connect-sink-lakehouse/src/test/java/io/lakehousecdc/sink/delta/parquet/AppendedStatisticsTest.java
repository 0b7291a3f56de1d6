// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Statistics of a file of which row groups were copied from others: it knows their footers only.
 */
class AppendedStatisticsTest {
  /** Of a file that is worth copying. */
  private static final int ROWS = 40_000;

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path directory;

  @Test
  void rowGroupWithNaNHasNoBounds() throws IOException {
    assertNoBounds(
        DoubleType.DOUBLE, row -> row == 0 ? Double.NaN : row == 1 ? 100.0 : 3.0, row -> 5.0);
    assertNoBounds(FloatType.FLOAT, row -> row == 0 ? Float.NaN : row == 1 ? 100f : 3f, row -> 5f);
  }

  @Test
  void rowGroupOfLongTextsHasNoBounds() throws IOException {
    assertNoBounds(StringType.STRING, row -> row == 0 ? "z".repeat(5000) : "y", row -> "a");
  }

  @Test
  void fieldWithNaNInAStructHasNoBounds() throws IOException {
    StructType type = new StructType().add("x", DoubleType.DOUBLE);
    JsonNode statistics =
        appended(
            type, row -> new Object[] {row == 0 ? Double.NaN : 100.0}, row -> new Object[] {5.0});
    assertFalse(statistics.path("minValues").path("col-c").has("x"), statistics::toString);
    assertFalse(statistics.path("maxValues").path("col-c").has("x"), statistics::toString);
  }

  @Test
  void boundsAndNullsOfRowGroupsAreMerged() throws IOException {
    JsonNode statistics =
        appended(DoubleType.DOUBLE, row -> row % 2 == 0 ? null : -0.0, row -> 5.0 + row % 2);
    assertEquals(-0.0, statistics.get("minValues").get("col-c").asDouble());
    assertEquals(6.0, statistics.get("maxValues").get("col-c").asDouble());
    assertEquals(ROWS / 2, statistics.get("nullCount").get("col-c").asInt());
  }

  @Test
  void rowGroupOfNullsLeavesTheBoundsOfOthers() throws IOException {
    JsonNode statistics = appended(DoubleType.DOUBLE, row -> null, row -> 5.0);
    assertEquals(5.0, statistics.get("minValues").get("col-c").asDouble());
    assertEquals(5.0, statistics.get("maxValues").get("col-c").asDouble());
    assertEquals(ROWS, statistics.get("nullCount").get("col-c").asInt());
  }

  private void assertNoBounds(DataType type, IntFunction<Object> copied, IntFunction<Object> own)
      throws IOException {
    JsonNode statistics = appended(type, copied, own);
    assertEquals(2 * ROWS, statistics.get("numRecords").asInt());
    assertFalse(statistics.path("minValues").has("col-c"), statistics::toString);
    assertFalse(statistics.path("maxValues").has("col-c"), statistics::toString);
  }

  /** Statistics of a file with a row group that was copied, and one that was not. */
  private JsonNode appended(DataType type, IntFunction<Object> copied, IntFunction<Object> own)
      throws IOException {
    List<DeltaColumn> columns =
        List.of(new DeltaColumn("c", "col-c", OptionalInt.of(1), type, true));
    String source = directory + "/source.parquet";
    WrittenFile file;
    try (RowFileWriter writer =
        RowFileWriter.create(store, source, columns, WriteOptions.DEFAULT)) {
      write(writer, copied);
      file = writer.finish();
    }
    try (FileInput input = store.open(source, file.size());
        RowFileWriter writer =
            RowFileWriter.create(
                store, directory + "/target.parquet", columns, WriteOptions.DEFAULT)) {
      assertTrue(writer.append(input));
      write(writer, own);
      return new ObjectMapper().readTree(writer.finish().statistics());
    }
  }

  private static void write(RowFileWriter writer, IntFunction<Object> values) throws IOException {
    for (int row = 0; row < ROWS; row++) {
      writer.write(new Object[] {values.apply(row)});
    }
  }
}
