// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.maintenance.CompactionMemory.Grant;
import io.lakehousecdc.sink.delta.maintenance.CompactionMemory.Request;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.delta.table.UnmaintainedItems;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Warehouse;
import io.lakehousecdc.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compactions of one table that pause while those of others wait for memory. */
class PacedTurnsTest {
  private static final Request SMALL = new Request(1, Long.MAX_VALUE, () -> {});

  private final LocalFileIO store = new LocalFileIO();
  private final Thread committing = Thread.currentThread();
  private final AtomicLong rest = new AtomicLong();
  private final AtomicLong now = new AtomicLong();
  private int id;

  @TempDir Path root;

  @Test
  void pausingTableKeepsNoTurnOfOthers() {
    MaintenanceOptions options =
        new MaintenanceOptions(
            Optional.of(new CompactionPolicy(64 << 20, 5, 0.5)),
            OptionalInt.empty(),
            Optional.empty(),
            1,
            1);
    try (DeltaTable table = table();
        TableMaintenance maintenance =
            new TableMaintenance(
                table,
                store,
                location(),
                new Compactor(store, WriteOptions.DEFAULT),
                options,
                this::time)) {
      fill(table);
      maintenance.committed();
      await("a compaction", () -> maintenance.figures().compactions.get() == 1);

      fill(table);
      try (Grant others = CompactionMemory.WORKER.take("others", SMALL).orElseThrow()) {
        rest.set(CompactionPace.REST.toNanos());
        maintenance.committed();
        await("the table waits for memory", () -> !isGranted());

        rest.set(0);
        maintenance.committed();
        await("the turn of others", this::isGranted);
      }
    }
  }

  private boolean isGranted() {
    Optional<Grant> grant = CompactionMemory.WORKER.take(this, SMALL);
    grant.ifPresent(Grant::close);
    CompactionMemory.WORKER.withdraw(this);
    return grant.isPresent();
  }

  /** Whatever maintenance does takes seconds, and comes after a rest where there is one. */
  private long time() {
    return Thread.currentThread() == committing
        ? now.get()
        : now.addAndGet(Duration.ofSeconds(1).toNanos()) + rest.get();
  }

  private static void await(String what, BooleanSupplier condition) {
    Await.until(what, Duration.ofSeconds(30), () -> "", condition::getAsBoolean);
  }

  private void fill(DeltaTable table) {
    for (int i = 0; i < 6; i++) {
      table.commit(
          Batches.batch(Warehouse.ITEMS, Warehouse.ITEM).upsert(1, id++, "n", "o", 1L).build(),
          Histories.NONE,
          domains -> Optional.of(CommitExtras.of(Map.of())));
    }
  }

  private DeltaTable table() {
    return UnmaintainedItems.open(store, root);
  }

  private String location() {
    return UnmaintainedItems.location(root);
  }
}
