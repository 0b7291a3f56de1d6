// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.delta.domain.StatusDomain;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.TableStatus.Applied;
import io.lakehousecdc.sink.spi.TableStatus.Counts;
import io.lakehousecdc.sink.spi.TableStatus.Key;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table _cdc_status, which readers see as rows and commits of data tables do not see. */
class DeltaStatusTest {
  private static final TableStatus ONE =
      new TableStatus(
          new Key("src.shop.items", Warehouse.ITEMS),
          new Counts(1, 2, 0, 3, 0, 0),
          Map.of(SkipReason.SUPERSEDED, 4L),
          new Applied(new Position(0, 7, 8), 1_000_000L, 2_000_000L),
          2_000_001L,
          null,
          null,
          0,
          null);

  private final LocalFileIO local = new LocalFileIO();
  private final FailingStore store = new FailingStore(local);

  @TempDir Path root;

  @Test
  void readersSeeARowForEachTable() {
    try (Target target = open()) {
      target.report(List.of(ONE));
      target.report(List.of(ONE));
    }
    List<Map<String, Object>> rows = rows();
    assertEquals(1, rows.size());
    Map<String, Object> row = rows.get(0);
    assertEquals("sink", row.get("connector"));
    assertEquals("src.shop.items", row.get("topic"));
    assertEquals("shop", row.get("table_schema"));
    assertEquals("items", row.get("table_name"));
    assertEquals(2L, row.get("inserted"));
    assertEquals(4L, row.get("updated"));
    assertEquals(8L, row.get("skipped_superseded"));
    assertEquals(8L, row.get("lsn"));
    assertEquals(1_000_000L, row.get("source_committed_at"));
    assertEquals(2_000_001L, row.get("committed_at"));
    assertTrue((long) row.get("updated_at") > 1_700_000_000_000_000L);
  }

  @Test
  void commitsOfDataTablesDoNotWriteIt() throws IOException {
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(
          owner
              .prepare(
                  Batches.batch(Warehouse.ITEMS, Warehouse.ITEM)
                      .upsert(1, 1, "one", null, null)
                      .build())
              .with(List.of(ONE)));
      assertFalse(Files.exists(root.resolve("_cdc_status")));
      long before = entries("shop/items");
      target.report(List.of(ONE));
      assertEquals(before, entries("shop/items"));
      assertEquals(1, rows().size());
    }
  }

  /** A process that dies at any step leaves rows that say what the domains say. */
  @Test
  void storeThatFailsAtAnyStepLeavesRowsAndDomainsAlike() {
    try (Target target = open()) {
      target.report(List.of(ONE));
    }
    int failures = 0;
    for (boolean afterTheWork : List.of(false, true)) {
      boolean failed = true;
      for (int step = 0; failed; step++) {
        store.failAt(step, afterTheWork);
        try (Target target = open()) {
          target.report(List.of(ONE));
        } catch (TargetException e) {
          failures++;
        }
        failed = store.heal();
        try (Target target = open()) {
          target.report(List.of(ONE));
        }
        TableStatus told = stored();
        assertEquals(1, rows().size());
        assertEquals(told.counts().inserted(), rows().get(0).get("inserted"));
      }
    }
    assertTrue(failures > 3, failures + " failures");
  }

  @Test
  void failureOfAReportFailsNoCommit() {
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(item(1));
      store.failAt(0, false);
      assertThrows(TargetException.class, () -> target.report(List.of(ONE)));
      store.heal();
      owner.commit(item(2));
      target.report(List.of(ONE));
    }
    assertEquals(1L, rows().get(0).get("inserted"));
    assertEquals(2, new KernelReader(local).rows(root.resolve("shop/items").toString()).size());
  }

  private static TableBatch item(int id) {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM).upsert(id, id, "one", null, null).build();
  }

  private Target open() {
    return DeltaFixture.open(
        store, root, TableOptions.DEFAULT, new TargetContext("sink", 0), Map.of());
  }

  private TableStatus stored() {
    Map<String, String> domains =
        new TableLog(local, root.resolve("_cdc_status").toString())
            .latest()
            .orElseThrow()
            .domains();
    return StatusDomain.all("sink", domains).get(0);
  }

  private List<Map<String, Object>> rows() {
    return new KernelReader(local).rows(root.resolve("_cdc_status").toString());
  }

  private long entries(String table) throws IOException {
    try (Stream<Path> log = Files.list(root.resolve(table).resolve("_delta_log"))) {
      return log.filter(file -> file.toString().endsWith(".json")).count();
    }
  }
}
