// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DroppedColumns;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of source columns that Delta takes for equal, or not at all. */
class ColumnNamesTest {
  private static final String SOURCE = "src:shop.items";

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  private static RowSchema named(String... names) {
    Column[] columns = new Column[names.length];
    columns[0] = required(names[0], Primitive.INT32);
    for (int i = 1; i < names.length; i++) {
      columns[i] = optional(names[i], Primitive.TEXT);
    }
    return Batches.schema(1, columns);
  }

  private static Batches batch(RowSchema schema) {
    return Batches.batch(Warehouse.ITEMS, schema);
  }

  @ParameterizedTest
  @EnumSource(DroppedColumns.class)
  void columnRenamedInCaseOnlyKeepsItsValues(DroppedColumns dropped) {
    try (Target target = open(dropped, true)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(
          batch(named("ID", "Name"))
              .upsert(1, 1, "a")
              .upsert(2, 2, "b")
              .seen(SOURCE, 1, 2, "ID", "Name")
              .build());
      owner.commit(
          batch(named("id", "name")).upsert(3, 2, "c").seen(SOURCE, 3, 3, "id", "name").build());
      assertEquals(Map.of(1, "a", 2, "c"), values("id", "name"));
      owner.commit(
          batch(named("ID", "Name")).upsert(4, 1, "d").seen(SOURCE, 4, 4, "ID", "Name").build());
      assertEquals(Map.of(1, "d", 2, "c"), values("ID", "Name"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void columnsMatchWhateverTheirCase(boolean deletionVectors) {
    try (Target target = open(DroppedColumns.KEEP, deletionVectors)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(batch(named("Id", "Name")).upsert(1, 1, "a").upsert(2, 2, "b").build());
      owner.commit(batch(named("ID", "NAME", "extra")).upsert(3, 1, "c", "x").build());
      owner.commit(batch(named("id", "name", "Extra")).upsert(4, 3, "d", "y").build());
    }
    assertEquals(Map.of(1, "c", 2, "b", 3, "d"), values("Id", "Name"));
    assertEquals(names("Id", "Name", "extra"), columns());
  }

  @Test
  void columnRenamedInTheMiddleOfABatchIsOneColumn() {
    try (Target target = open(DroppedColumns.DROP, true)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(
          batch(named("id", "Name", "name"))
              .upsert(1, 1, "a", Cell.ABSENT)
              .upsert(2, 2, Cell.ABSENT, "b")
              .seen(SOURCE, 1, 1, "id", "Name")
              .seen(SOURCE, 2, 2, "id", "name")
              .build());
    }
    assertEquals(Map.of(1, "a", 2, "b"), values("id", "name"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void columnsThatDifferInCaseOnlyAreRefusedWithARemedy(boolean deletionVectors) {
    try (Target target = open(DroppedColumns.KEEP, deletionVectors)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      FatalException failure =
          assertThrows(
              FatalException.class,
              () ->
                  owner.commit(batch(named("id", "Name", "name")).upsert(1, 1, "a", "b").build()));
      assertTrue(failure.getMessage().contains("ReplaceField"), failure.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sourceColumnNamedAsOneOfTheSinksIsRefusedWithARemedy(boolean laterOn) {
    try (Target target = open(DroppedColumns.KEEP, true)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      if (laterOn) {
        owner.commit(batch(named("id")).upsert(1, 1).build());
      }
      FatalException failure =
          assertThrows(
              FatalException.class,
              () -> owner.commit(batch(named("id", "_CDC_OP")).upsert(2, 1, "a").build()));
      assertTrue(failure.getMessage().contains("metadata.column.*"), failure.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nameThatParquetDoesNotTakeNeedsColumnMapping(boolean laterOn) {
    try (Target target = open(DroppedColumns.KEEP, false)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      if (laterOn) {
        owner.commit(batch(named("id")).upsert(1, 1).build());
      }
      FatalException failure =
          assertThrows(
              FatalException.class,
              () -> owner.commit(batch(named("id", "b c=d")).upsert(2, 1, "a").build()));
      assertTrue(failure.getMessage().contains("delta.columnMapping.mode"), failure.getMessage());
    }
    try (Target target = open(DroppedColumns.KEEP, true)) {
      PartitionOwner.of(target, Warehouse.P1)
          .commit(
              Batches.batch(new TableId("shop", "mapped"), named("id", "b c=d"))
                  .upsert(2, 1, "a")
                  .build());
    }
  }

  private static Set<String> names(String... source) {
    Set<String> names = new HashSet<>(List.of(source));
    names.addAll(Set.of("_cdc_op", "_cdc_ts", "_cdc_lsn", "_cdc_commit_lsn", "_cdc_epoch"));
    return names;
  }

  private List<Map<String, Object>> rows() {
    return new KernelReader(store).rows(root.resolve("shop").resolve("items").toString());
  }

  private Set<String> columns() {
    return rows().get(0).keySet();
  }

  private Map<Object, Object> values(String key, String value) {
    Map<Object, Object> values = new HashMap<>();
    rows().forEach(row -> values.put(row.get(key), row.get(value)));
    return values;
  }

  private Target open(DroppedColumns dropped, boolean deletionVectors) {
    TableOptions base = TableOptions.DEFAULT;
    return DeltaFixture.open(
        store,
        root,
        new TableOptions(
            base.writeMode(),
            base.deleteMode(),
            base.evolution(),
            dropped,
            base.metadata(),
            base.deadLetterTable()),
        new TargetContext("sink", 0),
        Map.of("delta.deletion.vectors", Boolean.toString(deletionVectors)));
  }
}
