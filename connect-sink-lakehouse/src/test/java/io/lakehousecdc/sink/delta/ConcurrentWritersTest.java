// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.Seeds;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.delta.domain.CommitQueue;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Tasks of two processes write to one table at the same time, large batches beside small ones, with
 * keys of their own and shared ones.
 */
class ConcurrentWritersTest {
  private static final int TASKS = 4;
  private static final int COMMITS = 25;
  private static final int KEYS = 200;
  private static final int SHARED = 1_000_000;

  private final LocalFileIO store = new LocalFileIO();
  private final AtomicLong lsn = new AtomicLong();
  private final Map<Integer, Long> newest = new ConcurrentHashMap<>();
  private final Map<Integer, List<Object>> own = new ConcurrentHashMap<>();

  @TempDir Path root;

  @ParameterizedTest
  @Seeds(1)
  void tableHoldsTheNewestRowsAndNoFileIsLostOrLeft(long seed) throws Exception {
    List<DeltaTables> processes = List.of(new DeltaTables(), new DeltaTables());
    ExecutorService threads = Executors.newFixedThreadPool(TASKS);
    try {
      List<Future<?>> tasks = new ArrayList<>();
      for (int i = 0; i < TASKS; i++) {
        int task = i;
        tasks.add(
            threads.submit(
                () -> write(processes.get(task % 2), task, new Random(seed * TASKS + task))));
      }
      for (Future<?> task : tasks) {
        task.get();
      }
    } finally {
      threads.shutdown();
    }
    assertRows();
    assertFiles();
  }

  private void write(DeltaTables process, int task, Random random) {
    try (Target target =
        DeltaFixture.open(
            process,
            store,
            root,
            TableOptions.DEFAULT,
            new TargetContext("sink", task),
            Map.of("delta.vacuum", "false"))) {
      PartitionOwner owner =
          PartitionOwner.of(target, new SourcePartition(Warehouse.P0.topic(), task));
      int size = task == 0 ? KEYS : 3;
      for (int commit = 0; commit < COMMITS; commit++) {
        Batches batch = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
        Set<Integer> ids = new HashSet<>();
        for (int i = 0; i < size; i++) {
          change(batch, task, random, ids);
        }
        owner.commit(batch.build());
      }
    }
  }

  private void change(Batches batch, int task, Random random, Set<Integer> ids) {
    long at = lsn.incrementAndGet();
    if (random.nextInt(4) == 0) {
      int id = SHARED + random.nextInt(KEYS);
      if (ids.add(id)) {
        batch.upsert(at, id, "n" + at, "t", at);
        newest.merge(id, at, Math::max);
      }
      return;
    }
    int id = TASKS * random.nextInt(KEYS) + task;
    if (!ids.add(id)) {
      return;
    }
    List<Object> before = own.get(id);
    if (before != null && random.nextInt(4) == 0) {
      batch.delete(at, id);
      own.remove(id);
    } else if (before != null && random.nextBoolean()) {
      batch.upsert(at, id, "n" + at, Cell.UNCHANGED, at);
      own.put(id, Warehouse.row("n" + at, before.get(1), at));
    } else {
      batch.upsert(at, id, "n" + at, "t" + at, at);
      own.put(id, Warehouse.row("n" + at, "t" + at, at));
    }
  }

  private void assertRows() {
    Map<Integer, List<Object>> expected = new TreeMap<>(own);
    newest.forEach((id, at) -> expected.put(id, Warehouse.row("n" + at, "t", at)));
    Map<Integer, List<Object>> found = new TreeMap<>();
    List<Map<String, Object>> rows = new KernelReader(store).rows(location().toString());
    rows.forEach(
        row ->
            found.put(
                (Integer) row.get("id"),
                Warehouse.row(row.get("name"), row.get("note"), row.get("qty"))));
    assertEquals(expected, found);
    assertEquals(expected.size(), rows.size(), "keys twice");
  }

  /** All that the newest version names is there, and nothing that no version has ever named. */
  private void assertFiles() throws IOException {
    TableVersion version = new TableLog(store, location().toString()).latest().orElseThrow();
    assertFalse(version.domains().containsKey(CommitQueue.NAME));
    version.files(file -> assertTrue(Files.exists(location().resolve(file.path())), file.path()));
    Map<String, Boolean> onDisk = new HashMap<>();
    try (Stream<Path> all = Files.list(location())) {
      all.map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".parquet"))
          .forEach(name -> onDisk.put(name, false));
    }
    try (Stream<Path> log = Files.list(location().resolve("_delta_log"))) {
      for (Path entry : log.filter(file -> file.toString().endsWith(".json")).toList()) {
        String text = Files.readString(entry);
        onDisk.replaceAll((name, named) -> named || text.contains(name));
      }
    }
    onDisk.values().removeIf(named -> named);
    assertEquals(Map.of(), onDisk, "files that no commit names");
  }

  private Path location() {
    return root.resolve("shop/items");
  }
}
