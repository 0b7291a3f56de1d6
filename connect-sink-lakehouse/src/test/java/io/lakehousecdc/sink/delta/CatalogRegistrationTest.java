// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.delta.catalog.Catalogs;
import io.lakehousecdc.sink.delta.catalog.FakeUnity;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetSettings;
import io.lakehousecdc.sink.spi.Warehouse;
import io.lakehousecdc.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Registration in a catalogue, beside the commits of a target. */
@Timeout(60)
class CatalogRegistrationTest {
  private static final String NAME = "lake.shop.items";
  private static final RowSchema NARROW =
      Batches.schema(1, Batches.required("id", Primitive.INT64));
  private static final RowSchema WIDE =
      Batches.schema(
          1, Batches.required("id", Primitive.INT64), Batches.optional("added", Primitive.TEXT));

  private final DeltaTables tables = new DeltaTables();
  private final Catalogs catalogs = new Catalogs();
  private FakeUnity unity;

  @TempDir Path root;

  @BeforeEach
  void start() throws IOException {
    unity = new FakeUnity();
  }

  @AfterEach
  void stop() {
    unity.close();
  }

  @Test
  void tableIsRegisteredAfterItsFirstCommit() {
    try (Target target = open(unity.settings())) {
      commit(target, NARROW, 1L);

      awaitRegistered();
      assertEquals("EXTERNAL", unity.table(NAME).path("table_type").asText());
      assertEquals(
          "file://" + root.resolve("shop").resolve("items"),
          unity.table(NAME).path("storage_location").asText());
      assertTrue(unity.columns(NAME).startsWith("id bigint, _cdc_op string, "));
      Await.untilEquals(1L, () -> gauge(target, "delta-catalog-registered"));
      assertEquals(0, gauge(target, "delta-catalog-failures"));
    }
  }

  @Test
  void tableOfOffsetsIsNotRegistered() {
    try (Target target = open(unity.settings())) {
      commit(target, NARROW, 1L);
      awaitRegistered();
      Await.untilEquals(0L, () -> gauge(target, "delta-catalog-pending"));

      assertTrue(unity.requests().stream().noneMatch(asked -> asked.contains("offsets")));
    }
  }

  @Test
  void commitDoesNotWaitForTheCatalogue() {
    unity.hold();
    try (Target target = open(unity.settings())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(batch(NARROW, 1L));
      owner.commit(batch(WIDE, 2L, "x"));

      assertEquals(1, gauge(target, "delta-catalog-pending"));
      assertNull(unity.table(NAME));
      unity.release();
      awaitColumns("id bigint, _cdc_op string");
      awaitColumns("added string");
    }
  }

  @Test
  void commitSurvivesACatalogueThatRefuses() {
    unity.failNext(503);
    try (Target target = open(unity.settings())) {
      commit(target, NARROW, 1L);

      Await.untilEquals(1L, () -> gauge(target, "delta-catalog-failures"));
      awaitRegistered();
    }
  }

  @Test
  void newColumnIsRegistered() {
    try (Target target = open(unity.settings())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(batch(NARROW, 1L));
      awaitRegistered();
      owner.commit(batch(WIDE, 2L, "x"));

      awaitColumns("added string");
    }
  }

  @Test
  void commitsWithoutChangesAskTheCatalogueNothing() {
    try (Target target = open(unity.settings())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(batch(NARROW, 1L));
      awaitRegistered();
      Await.untilEquals(0L, () -> gauge(target, "delta-catalog-pending"));
      int asked = unity.requests().size();

      owner.commit(batch(NARROW, 2L));
      owner.commit(batch(NARROW, 3L));

      assertEquals(0, gauge(target, "delta-catalog-pending"));
      assertEquals(asked, unity.requests().size());
    }
  }

  @Test
  void restartRegistersWhatACrashHasLeftOut() {
    try (Target target = open(Map.of())) {
      commit(target, NARROW, 1L);
    }

    try (Target target = open(unity.settings())) {
      target.load(Set.of(Warehouse.P0));

      awaitRegistered();
    }
  }

  @Test
  void endingTaskDoesNotWait() {
    unity.hold();
    Target target = open(unity.settings());
    commit(target, NARROW, 1L);
    Await.until("the catalogue is asked", () -> !unity.requests().isEmpty());

    target.close();

    assertNull(unity.table(NAME));
  }

  @Test
  void endOfOneTaskLeavesTheCatalogueToTheOther() {
    Target first = open(unity.settings());
    try (Target second = open(unity.settings())) {
      commit(first, NARROW, 1L);
      awaitRegistered();
      second.load(Set.of(Warehouse.P0));
      first.close();
      commit(second, WIDE, 2L, "x");

      awaitColumns("added string");
    }
  }

  private void awaitRegistered() {
    Await.until(NAME + " is registered", () -> unity.table(NAME) != null);
  }

  private void awaitColumns(String part) {
    Await.until(NAME + " has " + part, () -> unity.columns(NAME).contains(part));
  }

  private static long gauge(Target target, String name) {
    return target.gauges().get(name).getAsLong();
  }

  private static void commit(Target target, RowSchema schema, Object... cells) {
    PartitionOwner.of(target, Warehouse.P0).commit(batch(schema, cells));
  }

  private static TableBatch batch(RowSchema schema, Object... cells) {
    return Batches.batch(Warehouse.ITEMS, schema).upsert((Long) cells[0], cells).build();
  }

  private Target open(Map<String, String> settings) {
    Map<String, String> values = new HashMap<>();
    for (Setting setting : DeltaSettings.ALL) {
      if (setting.defaultValue() != null) {
        values.put(setting.key(), setting.defaultValue());
      }
    }
    values.put(DeltaSettings.ROOT, root.toString());
    values.putAll(settings);
    return DeltaTargetFactory.open(
        tables,
        catalogs,
        new LocalFileIO(),
        new StoreFigures(),
        () -> {},
        new TargetSettings(values, TableOptions.DEFAULT),
        new TargetContext("sink", 0));
  }
}
