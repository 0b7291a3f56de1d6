// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static io.lakehousecdc.sink.spi.Batches.schema;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.schema.PartitionBy;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables whose rows are spread over files by the values of some columns. */
class DeltaPartitionedTest {
  private static final TableId SALES = new TableId("shop", "sales");

  /** Key, a column to partition by, and another. */
  private static final RowSchema SALE =
      schema(
          1,
          required("id", Primitive.INT32),
          optional("region", Primitive.TEXT),
          optional("amount", Primitive.INT64));

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rowsMoveBetweenPartitionsAndKeepWhatIsUnchanged(boolean deletionVectors) {
    try (Target target = open("shop.sales:region", deletionVectors)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(
          batch(SALES, SALE)
              .upsert(1, 1, "north", 10L)
              .upsert(2, 2, "south", 20L)
              .upsert(3, 3, null, 30L)
              .upsert(4, 4, "south", 40L)
              .build());
      owner.commit(
          batch(SALES, SALE)
              .upsert(5, 1, "south", Cell.UNCHANGED)
              .upsert(6, 2, Cell.UNCHANGED, 21L)
              .upsert(7, 3, Cell.UNCHANGED, 31L)
              .delete(8, 4)
              .build());

      assertEquals(
          List.of(
              Warehouse.row(1, "south", 10L),
              Warehouse.row(2, "south", 21L),
              Warehouse.row(3, null, 31L)),
          rows("id", "region", "amount"));
    }
    assertEquals(List.of("region"), version().partitionColumns());
    for (DataFile file : files()) {
      assertEquals(1, file.partitionValues().size(), file::toString);
    }
  }

  @Test
  void keyColumnMayPartitionTheTable() {
    RowSchema schema =
        schema(
            2,
            required("region", Primitive.TEXT),
            required("id", Primitive.INT32),
            optional("amount", Primitive.INT64));
    try (Target target = open("shop.sales:region", true)) {
      PartitionOwner.of(target, Warehouse.P0)
          .commit(
              batch(SALES, schema).upsert(1, "north", 1, 10L).upsert(2, "south", 1, 20L).build());
    }
    // Opened anew, so that keys are read from the table.
    try (Target target = open("shop.sales:region", true)) {
      PartitionOwner.of(target, Warehouse.P0)
          .commit(batch(SALES, schema).upsert(3, "north", 1, 11L).delete(4, "south", 1).build());
    }
    assertEquals(List.of(Warehouse.row("north", 1, 11L)), rows("region", "id", "amount"));
  }

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of(Primitive.BOOLEAN, true, "true"),
        Arguments.of(Primitive.INT16, Short.MIN_VALUE, "-32768"),
        Arguments.of(Primitive.INT32, Integer.MAX_VALUE - 1, "2147483646"),
        Arguments.of(Primitive.INT64, Long.MAX_VALUE - 1, "9223372036854775806"),
        Arguments.of(new Decimal(10, 2), new BigDecimal("-12345678.90"), "-12345678.90"),
        Arguments.of(new Decimal(30, 9), new BigDecimal("0.000000000"), "0.000000000"),
        Arguments.of(Primitive.DATE, 19_000, "2022-01-08"),
        Arguments.of(Primitive.TEXT, "a=b/c d%20\n'ü", "a=b/c d%20\n'ü"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void valuesOfEveryTypeComeBack(LogicalType type, Object value, String text) {
    RowSchema schema = schema(1, required("id", Primitive.INT32), optional("v", type));
    try (Target target = open("shop.sales:v", true)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(batch(SALES, schema).upsert(1, 1, value).upsert(2, 2, null).build());
      owner.commit(batch(SALES, schema).upsert(3, 1, Cell.UNCHANGED).build());
    }
    assertEquals(List.of(Warehouse.row(1, value), Warehouse.row(2, null)), rows("id", "v"));
    assertTrue(files().stream().anyMatch(file -> file.partitionValues().containsValue(text)));
  }

  @Test
  void emptyTextIsRejectedBecauseReadersTakeItForNull() {
    try (Target target = open("shop.sales:region", true)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      RecordException rejected =
          assertThrows(
              RecordException.class,
              () -> owner.commit(batch(SALES, SALE).upsert(1, 1, "", 1L).build()));
      assertTrue(rejected.getMessage().contains("region"), rejected::getMessage);
    }
  }

  @Test
  void compactionStaysWithinPartitions() {
    try (Target target = open("shop.sales:region", true)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      long lsn = 0;
      // Small files are merged beside the commits; by and by, each partition is left with few.
      do {
        lsn += 2;
        owner.commit(
            batch(SALES, SALE)
                .upsert(lsn, (int) lsn % 50, "north", lsn)
                .upsert(lsn + 1, 50 + (int) lsn % 50, "south", lsn)
                .build());
        assertTrue(lsn < 5_000, "no compaction");
      } while (lsn < 100 || target.gauges().get("delta-compactions").getAsLong() < 4);
    }
    List<List<Object>> rows = rows("region", "id");
    assertEquals(25, rows.stream().filter(row -> row.get(0).equals("north")).count());
    assertTrue(
        rows.stream().allMatch(row -> row.get(0).equals("north") == (Integer) row.get(1) < 50));
    try (Target target = open("shop.sales:region", true)) {
      PartitionOwner.of(target, Warehouse.P0)
          .commit(batch(SALES, SALE).truncate(1_000_000).build());
      assertEquals(List.of(), rows("id"));
    }
  }

  @Test
  void sweepMarksRowsInTheirPartitions() {
    try (Target target =
        DeltaFixture.open(
            store,
            root,
            Warehouse.soft(),
            new TargetContext("sink", 0),
            Map.of(DeltaSettings.PARTITION_BY, "shop.sales:region"))) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(batch(SALES, SALE).upsert(1, 1, "north", 1L).upsert(2, 2, "south", 2L).build());
      owner.completed(100);
      owner.commit(
          batch(SALES, SALE)
              .upsert(100, 1, "north", 1L)
              .sweep(Warehouse.P0.topic(), 100, Sweep.Mode.REMOVE)
              .build());
    }
    assertEquals(
        List.of(Warehouse.row(1, "north", false), Warehouse.row(2, "south", true)),
        rows("id", "region", "_cdc_deleted"));
  }

  @Test
  void partitionColumnIsWidened() {
    RowSchema narrow = schema(1, required("id", Primitive.INT32), optional("v", Primitive.INT32));
    RowSchema wide = schema(1, required("id", Primitive.INT32), optional("v", Primitive.INT64));
    try (Target target = open("shop.sales:v", true)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(batch(SALES, narrow).upsert(1, 1, 7).upsert(2, 2, 8).build());
      owner.commit(batch(SALES, wide).upsert(3, 1, Cell.UNCHANGED).upsert(4, 3, 1L << 40).build());
    }
    assertEquals(
        List.of(Warehouse.row(1, 7L), Warehouse.row(2, 8L), Warehouse.row(3, 1L << 40)),
        rows("id", "v"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"shop.sales:nowhere", "shop.sales:at", "shop.sales:region,list"})
  void columnsThatCannotPartitionAreRefused(String setting) {
    RowSchema schema =
        schema(
            1,
            required("id", Primitive.INT32),
            optional("region", Primitive.TEXT),
            optional("at", Primitive.TIMESTAMPTZ),
            optional("list", new LogicalType.Array(Primitive.INT32)));
    try (Target target = open(setting, true)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      FatalException refused =
          assertThrows(
              FatalException.class,
              () ->
                  owner.commit(batch(SALES, schema).upsert(1, 1, "north", 1L, List.of(1)).build()));
      assertTrue(refused.getMessage().contains("delta.partition.by"), refused::getMessage);
    }
  }

  @Test
  void tablePartitionedOtherwiseThanTheSettingSaysIsRefused() {
    try (Target target = open("shop.sales:region", true)) {
      PartitionOwner.of(target, Warehouse.P0)
          .commit(batch(SALES, SALE).upsert(1, 1, "north", 1L).build());
    }
    try (Target target = open("shop.sales:amount", true)) {
      FatalException refused =
          assertThrows(
              FatalException.class,
              () ->
                  PartitionOwner.of(target, Warehouse.P0)
                      .commit(batch(SALES, SALE).upsert(2, 2, "north", 1L).build()));
      assertTrue(refused.getMessage().contains("delta.partition.by"), refused::getMessage);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"region", "shop.sales:", "shop.sales:a,a", "shop.sales:a;shop.sales:b"})
  void malformedSettingIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> PartitionBy.parse(text));
  }

  private Target open(String partitionBy, boolean deletionVectors) {
    return DeltaFixture.open(
        store,
        root,
        TableOptions.DEFAULT,
        new TargetContext("sink", 0),
        Map.of(
            DeltaSettings.PARTITION_BY,
            partitionBy,
            DeltaSettings.DELETION_VECTORS,
            Boolean.toString(deletionVectors)));
  }

  private List<List<Object>> rows(String... columns) {
    return new KernelReader(store)
        .rows(location()).stream()
            .map(row -> Warehouse.row(Stream.of(columns).map(row::get).toArray()))
            .sorted(java.util.Comparator.comparing(Object::toString))
            .toList();
  }

  private TableVersion version() {
    return new TableLog(store, location()).latest().orElseThrow();
  }

  private List<DataFile> files() {
    List<DataFile> files = new ArrayList<>();
    version().files(files::add);
    return files;
  }

  private String location() {
    return root.resolve("shop").resolve("sales").toString();
  }
}
