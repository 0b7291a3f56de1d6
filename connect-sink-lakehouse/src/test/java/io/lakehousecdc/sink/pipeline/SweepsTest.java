// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TargetContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Snapshots of a topic whose two partitions belong to two tasks. Ids tell the partitions apart. */
class SweepsTest {
  private static final String TOPIC = "shop.public.item";
  private static final PipelineOptions SWEEPING =
      TestOptions.options().sweep(Sweep.Mode.REMOVE).build();

  private final MemoryWarehouse warehouse = new MemoryWarehouse();
  private final Map<SourcePartition, Long> group = new HashMap<>();
  private final History history = new History(2);
  private final List<Consumer> tasks = new ArrayList<>();

  @Test
  void theTaskThatComesLastSweeps() {
    rowsThenASnapshotWithout(List.of(3, 4));
    try (Consumer even = task(0);
        Consumer odd = task(1)) {
      // All rows of the snapshot are read here before the other task begins.
      even.drain();
      assertTrue(ids().containsAll(List.of(3, 4)));
      odd.drain();
      pollUntil(() -> ids().equals(history.rows.keySet()));
      pollUntil(() -> orphanedRows() == 2);
    }
  }

  @Test
  void aTaskThatReadsNoRowOfTheSnapshotDoesNotHoldItUp() {
    rowsThenASnapshotWithout(List.of(1, 3, 5));
    try (Consumer even = task(0);
        Consumer odd = task(1)) {
      pollUntil(() -> ids().equals(history.rows.keySet()));
      pollUntil(() -> orphanedRows() == 3);
    }
  }

  @Test
  void aSweepThatWaitsOutlivesTheTaskThatBeganIt() {
    rowsThenASnapshotWithout(List.of(1, 3, 5));
    try (Consumer even = task(0)) {
      even.drain();
    }
    tasks.clear();
    try (Consumer even = task(0);
        Consumer odd = task(1)) {
      pollUntil(() -> ids().equals(history.rows.keySet()));
      pollUntil(() -> orphanedRows() == 3);
    }
  }

  /** Six rows, which both tasks have read; then a snapshot of a source that lacks some. */
  private void rowsThenASnapshotWithout(List<Integer> deleted) {
    for (int id = 1; id <= 6; id++) {
      history.insert(id, "n", "b");
    }
    try (Consumer even = task(0);
        Consumer odd = task(1)) {
      even.drain();
      odd.drain();
    }
    tasks.clear();
    history.rows.keySet().removeAll(deleted);
    history.snapshot();
  }

  private Consumer task(int partition) {
    SourcePartition held = new SourcePartition(TOPIC, partition);
    Map<SourcePartition, List<ChangeEvent>> log = Map.of(held, history.log.get(held));
    InMemoryTarget target =
        new InMemoryTarget(
            warehouse, TableOptions.DEFAULT, new TargetContext("shop", partition, 2));
    Consumer task = new Consumer(log, group, target, SWEEPING);
    tasks.add(task);
    return task;
  }

  private void pollUntil(BooleanSupplier condition) {
    long giveUpAt = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertTrue(
          System.nanoTime() < giveUpAt,
          () -> "rows " + ids() + ", orphaned rows " + orphanedRows());
      tasks.forEach(task -> task.poll(100));
    }
  }

  private long orphanedRows() {
    return tasks.stream().mapToLong(task -> task.figure("OrphanedRowsTotal")).sum();
  }

  private TreeSet<Object> ids() {
    TreeSet<Object> ids = new TreeSet<>();
    warehouse.rows(History.TABLE, MetadataColumns.DEFAULT).forEach(row -> ids.add(row.get("id")));
    return ids;
  }
}
