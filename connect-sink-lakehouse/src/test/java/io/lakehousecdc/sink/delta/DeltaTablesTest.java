// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import io.lakehousecdc.sink.delta.maintenance.MaintenanceOptions;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Codec;
import io.lakehousecdc.sink.delta.schema.PartitionBy;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.delta.table.OnOverwrite;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeltaTablesTest {
  private final LocalFileIO store = new LocalFileIO();
  private final RowFiles rowFiles = new RowFiles(store, WriteOptions.DEFAULT);
  private final DeltaTables tables = new DeltaTables();

  @TempDir Path root;

  @Test
  void tableThatIsAcquiredWhileItIsClosedExcludesWhatGoesOnInIt() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    List<String> order = new CopyOnWriteArrayList<>();
    DeltaTables.Lease first = acquire();
    first.table().createIfAbsent(Warehouse.ITEM);
    Thread user =
        thread(
            () ->
                first
                    .table()
                    .exclusively(
                        state -> {
                          begun.countDown();
                          awaitQuietly(mayEnd);
                          order.add("first");
                          return state;
                        }));
    begun.await();
    Thread closing = thread(first::close);
    awaitRest(closing);
    try (DeltaTables.Lease second = acquire()) {
      assertNotSame(first.table(), second.table());
      Thread next = thread(() -> second.table().exclusively(state -> order.add("second")));
      awaitRest(next);
      mayEnd.countDown();
      for (Thread each : List.of(user, closing, next)) {
        each.join();
      }
    }
    assertEquals(List.of("first", "second"), order);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work);
    thread.start();
    return thread;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Until the thread waits for another, or has ended. */
  private static void awaitRest(Thread thread) {
    while (thread.getState() == Thread.State.NEW || thread.getState() == Thread.State.RUNNABLE) {
      Thread.onSpinWait();
    }
  }

  private DeltaTables.Lease acquire() {
    DeltaSettings settings =
        new DeltaSettings(
            root.toString(),
            true,
            Codec.ZSTD,
            Map.of(),
            PartitionBy.NOTHING,
            OnOverwrite.FAIL,
            new MaintenanceOptions(Optional.empty(), OptionalInt.empty(), Optional.empty()));
    return tables.acquire(
        Warehouse.ITEMS,
        root.resolve("items").toString(),
        store,
        rowFiles,
        settings,
        TableOptions.DEFAULT,
        Optional.empty());
  }
}
