// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.delta.kernel.CheckpointWriter;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.MessageType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Statistics outlive checkpoints, in whichever form a table wants checkpoints to hold them. */
class CheckpointStatisticsTest {
  private static final String AS_JSON = "delta.checkpoint.writeStatsAsJson";
  private static final String AS_STRUCT = "delta.checkpoint.writeStatsAsStruct";
  private static final RowSchema TYPES =
      Batches.schema(
          1,
          Batches.required("id", Primitive.INT64),
          Batches.optional("flag", Primitive.BOOLEAN),
          Batches.optional("small", Primitive.INT16),
          Batches.optional("whole", Primitive.INT32),
          Batches.optional("single", Primitive.FLOAT32),
          Batches.optional("real", Primitive.FLOAT64),
          Batches.optional("price", new LogicalType.Decimal(7, 2)),
          Batches.optional("huge", new LogicalType.Decimal(38, 10)),
          Batches.optional("note", Primitive.TEXT),
          Batches.optional("bytes", Primitive.BYTES),
          Batches.optional("day", Primitive.DATE),
          Batches.optional("at", Primitive.TIMESTAMPTZ),
          Batches.optional("local", Primitive.TIMESTAMP),
          Batches.optional("tags", new LogicalType.Array(Primitive.TEXT)));

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true"})
  void statisticsOutliveCheckpoints(boolean asJson, boolean asStruct) throws IOException {
    write(
        Map.of(
            "delta.table.properties." + AS_JSON, Boolean.toString(asJson),
            "delta.table.properties." + AS_STRUCT, Boolean.toString(asStruct)),
        1);
    Map<String, JsonNode> before = statistics();
    assertEquals(2, before.size());

    checkpoint(asJson, asStruct, false);
    assertEquals(before, statistics());
    write(Map.of(), 2);
    before = statistics();
    checkpoint(asJson, asStruct, false);

    assertEquals(before, statistics());
  }

  @Test
  void statisticsAreBroughtIntoTheFormThatIsWantedNow() throws Exception {
    write(
        Map.of(
            "delta.table.properties." + AS_JSON, "false",
            "delta.table.properties." + AS_STRUCT, "true"),
        1);
    Map<String, JsonNode> before = statistics();
    checkpoint(false, true, false);
    TableLog log = log();
    log.definition()
        .configure(log.latest().orElseThrow(), Map.of(AS_JSON, "true", AS_STRUCT, "false"));

    checkpoint(true, false, false);

    assertEquals(before, statistics());
  }

  @Test
  void tableThatWantsNoneInCheckpointsHasNone() throws IOException {
    write(
        Map.of(
            "delta.table.properties." + AS_JSON, "false",
            "delta.table.properties." + AS_STRUCT, "false"),
        1);
    checkpoint(false, false, false);
    assertEquals(Map.of(), statistics());
    // Rows are counted and positions are read from the files then.
    write(Map.of(), 2);
    assertEquals(2, new KernelReader(store).rows(location()).size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"note", "day", "price", "flag", "whole"})
  void partitionValuesAreTypedBesideTypedStatistics(String column) throws IOException {
    write(
        Map.of(
            "delta.table.properties." + AS_STRUCT,
            "true",
            "delta.partition.by",
            "shop.items:" + column),
        1);
    checkpoint(true, true, true);
    write(Map.of("delta.partition.by", "shop.items:" + column), 2);
    assertEquals(2, new KernelReader(store).rows(location()).size());
  }

  @Test
  void checkpointOfATableThatWasReplacedByOneOfOtherTypesIsRead() throws IOException {
    write(
        Map.of(
            "delta.deletion.vectors",
            "false",
            "delta.table.properties." + AS_JSON,
            "false",
            "delta.table.properties." + AS_STRUCT,
            "true"),
        1);
    checkpoint(false, true, false);
    long version = log().latest().orElseThrow().number();
    String schema =
        "{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":[{\\\"name\\\":\\\"note\\\",\\\"type\\\":"
            + "\\\"integer\\\",\\\"nullable\\\":true,\\\"metadata\\\":{}}]}";
    store.putIfAbsent(
        location() + "/_delta_log/%020d.json".formatted(version + 1),
        ("{\"commitInfo\":{\"operation\":\"REPLACE TABLE\"}}\n"
                + "{\"metaData\":{\"id\":\"other\",\"format\":{\"provider\":\"parquet\","
                + "\"options\":{}},\"schemaString\":\"%s\",\"partitionColumns\":[],"
                    .formatted(schema)
                + "\"configuration\":{\"%s\":\"false\",\"%s\":\"true\"}}}\n"
                    .formatted(AS_JSON, AS_STRUCT))
            .getBytes(StandardCharsets.UTF_8));
    log().latest().orElseThrow().files(file -> {});
    new CheckpointWriter(store, location()).write(Duration.ofDays(1));
    log().latest().orElseThrow().files(file -> {});
  }

  private void checkpoint(boolean asJson, boolean asStruct, boolean partitioned)
      throws IOException {
    long version = new CheckpointWriter(store, location()).write(Duration.ofDays(1));
    Path file = Path.of(location(), "_delta_log", "%020d.checkpoint.parquet".formatted(version));
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
      MessageType schema = reader.getFooter().getFileMetaData().getSchema();
      assertEquals(asJson, schema.containsPath(new String[] {"add", "stats"}));
      assertEquals(
          asStruct, schema.containsPath(new String[] {"add", "stats_parsed", "numRecords"}));
      assertEquals(
          partitioned, schema.toString().contains("partitionValues_parsed"), schema::toString);
      assertFalse(schema.containsPath(new String[] {"remove", "stats"}));
    }
  }

  /** By path of the file. */
  private Map<String, JsonNode> statistics() {
    Map<String, JsonNode> statistics = new TreeMap<>();
    log()
        .latest()
        .orElseThrow()
        .files(
            file -> {
              if (file.stats() != null) {
                statistics.put(file.path(), file.stats().tree());
              }
            });
    return statistics;
  }

  private void write(Map<String, String> settings, int commit) {
    Map<String, String> all =
        new HashMap<>(Map.of("delta.compaction", "false", "delta.checkpoint.interval", "0"));
    all.putAll(settings);
    try (Target target =
        DeltaFixture.open(store, root, TableOptions.DEFAULT, new TargetContext("sink", 0), all)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(row(Batches.batch(Warehouse.ITEMS, TYPES), commit * 10, 1L).build());
      owner.commit(
          row(row(Batches.batch(Warehouse.ITEMS, TYPES), commit * 10 + 1, 2L), commit * 10 + 2, 1L)
              .build());
      owner.commit(
          Batches.batch(Warehouse.ITEMS, TYPES)
              .upsert(
                  commit * 10 + 3,
                  2L,
                  true,
                  null,
                  5,
                  null,
                  null,
                  new BigDecimal("1.00"),
                  null,
                  "n",
                  null,
                  3,
                  null,
                  null,
                  null)
              .build());
    }
    assertTrue(log().latest().isPresent());
  }

  private static Batches row(Batches batch, int lsn, long id) {
    return batch.upsert(
        lsn,
        id,
        id % 2 == 0,
        (short) -lsn,
        lsn,
        1.1f * lsn,
        0.1 * lsn,
        new BigDecimal("-12345.67"),
        new BigDecimal("1234567890123456789.0123456789"),
        "grüße \"" + lsn,
        new byte[] {0},
        -10_000 * lsn,
        -6_234_567_891_234_567L * lsn,
        2_345_678_912_345L * lsn,
        List.of("a"));
  }

  private TableLog log() {
    return new TableLog(store, location());
  }

  private String location() {
    return root.resolve("shop").resolve("items").toString();
  }
}
