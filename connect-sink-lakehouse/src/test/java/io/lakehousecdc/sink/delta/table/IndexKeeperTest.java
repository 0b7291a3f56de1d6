// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.snapshot.KeptKeys;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexKeeperTest {
  private static final long INTERVAL = TimeUnit.MINUTES.toNanos(10);

  @TempDir Path root;
  @TempDir Path directory;

  private final LocalFileIO store = new LocalFileIO();
  private final Queue<Runnable> background = new ArrayDeque<>();
  private DeltaTable table;
  private TableState state;
  private long now = Long.MAX_VALUE - 5;
  private long lsn;

  @BeforeEach
  void open() {
    table = UnmaintainedItems.open(store, root);
    commit();
    state = table.exclusively(found -> found).orElseThrow();
  }

  @AfterEach
  void close() {
    table.close();
  }

  @Test
  void indexIsKeptBesideCommitsOnceTheTimeHasCome() throws IOException {
    IndexKeeper keeper = keeper(() -> state);
    keeper.committed();
    now += INTERVAL - 1;
    keeper.committed();
    assertEquals(0, background.size());

    now++;
    keeper.committed();
    keeper.committed();
    assertEquals(1, background.size());
    assertEquals(0, files());
    background.remove().run();
    assertEquals(1, files());

    now += INTERVAL - 1;
    keeper.committed();
    assertEquals(0, background.size());
    now++;
    keeper.committed();
    assertEquals(1, background.size());
  }

  @Test
  void indexIsKeptWhenTheTableIsClosed() throws IOException {
    keeper(() -> state).close();

    assertEquals(1, files());
  }

  @Test
  void whatWaitsWhenTheTableIsClosedKeepsNothing() throws IOException {
    IndexKeeper keeper = keeper(() -> state);
    now += INTERVAL;
    keeper.committed();
    keeper.close();
    commit();

    Files.delete(directory.resolve(file()));
    background.remove().run();

    assertEquals(0, files());
  }

  @Test
  void noFailureEndsTheThreadAndEachIsCounted() throws IOException {
    boolean[] broken = new boolean[1];
    IndexKeeper keeper =
        keeper(
            () -> {
              if (broken[0]) {
                throw new OutOfMemoryError("of the test");
              }
              return state;
            });
    now += INTERVAL;
    keeper.committed();
    broken[0] = true;

    background.remove().run();

    assertEquals(1, keeper.failures());
    broken[0] = false;
    now += INTERVAL;
    keeper.committed();
    background.remove().run();
    assertEquals(1, keeper.failures());
    assertEquals(1, files());
  }

  private IndexKeeper keeper(Supplier<TableState> head) {
    return new IndexKeeper(
        location(),
        new TableLock(Warehouse.ITEMS, location()),
        head,
        Optional.of(new KeptKeys(directory, new TableLog(store, location()))),
        () -> now,
        background::add);
  }

  private void commit() {
    lsn++;
    table.commit(
        Batches.batch(Warehouse.ITEMS, Warehouse.ITEM)
            .upsert(lsn, (int) lsn, "n", null, null)
            .build(),
        Histories.NONE,
        held -> Optional.of(new CommitExtras(Map.of(), Optional.empty())));
  }

  private String file() throws IOException {
    try (var files = Files.list(directory)) {
      return files.findFirst().orElseThrow().getFileName().toString();
    }
  }

  private long files() throws IOException {
    try (var files = Files.list(directory)) {
      return files.count();
    }
  }

  private String location() {
    return UnmaintainedItems.location(root);
  }
}
