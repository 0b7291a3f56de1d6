// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.sink.Seeds;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.delta.table.IndexSettings;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Two tasks keep one table while another program rearranges its files and deletes rows, stores fail
 * at every step of a commit, answers get lost, tasks die and come back, and zombies write. The
 * table has to equal a map that is kept beside it.
 */
class DeltaFuzzTest {
  private static final int FOREIGN = 1_000;

  @TempDir Path root;

  private final LocalFileIO local = new LocalFileIO();
  private final FailingStore store = new FailingStore(local);
  private final Map<Integer, List<Object>> model = new TreeMap<>();
  private Map<String, String> settings = Map.of();
  private int notes = Integer.MAX_VALUE;
  private int restarts = Integer.MAX_VALUE;
  private long lsn;

  /** A task: one partition, and what it has not committed yet. */
  private final class Task {
    final SourcePartition partition;
    final int number;
    Target target;
    PartitionOwner owner;

    Task(int number) {
      this.number = number;
      this.partition = number == 0 ? Warehouse.P0 : Warehouse.P1;
      start();
    }

    void start() {
      target =
          DeltaFixture.open(
              store, root, TableOptions.DEFAULT, new TargetContext("sink", number), settings);
      owner = PartitionOwner.of(target, partition);
    }

    /** Dies without a word; the next of its kind finds out what was committed. */
    long restart() {
      target.close();
      start();
      LoadedPartition loaded = target.load(Set.of(partition)).get(partition);
      return loaded == null ? 0 : loaded.state().nextOffset();
    }
  }

  @ParameterizedTest
  @Seeds(1)
  void partitionedTableEqualsTheModelWhateverHappens(long seed) throws Exception {
    settings = Map.of(DeltaSettings.PARTITION_BY, "shop.items:note");
    notes = 3;
    tableEqualsTheModelWhateverHappens(seed);
  }

  @ParameterizedTest
  @Seeds(2)
  void tableEqualsTheModelWhereTasksThatRestartShareKeptIndexes(long seed) throws Exception {
    settings = Map.of(IndexSettings.DIRECTORY, root.resolve("index").toString());
    restarts = 2;
    tableEqualsTheModelWhateverHappens(seed);
  }

  @ParameterizedTest
  @Seeds(3)
  void tableEqualsTheModelWhateverHappens(long seed) throws Exception {
    Random random = new Random(seed);
    Task[] tasks = {new Task(0), new Task(1)};
    ForeignWriter foreign =
        new ForeignWriter(local, root.resolve("shop").resolve("items").toString());
    for (int round = 0; round < 60; round++) {
      Task task = tasks[random.nextInt(2)];
      Map<Integer, List<Object>> after = new HashMap<>();
      TableBatch batch = batch(random, task.number, after);
      Commit commit = task.owner.prepare(batch);
      Target zombie = task.target;
      boolean zombies = random.nextInt(10) == 0;
      if (zombies) {
        task.start();
        commit = task.owner.prepare(batch);
      }
      if (random.nextInt(3) == 0) {
        store.failAt(random.nextInt(8), random.nextBoolean());
      }
      deliver(task, commit, random);
      after.forEach(
          (id, row) -> {
            if (row == null) {
              model.remove(id);
            } else {
              model.put(id, row);
            }
          });
      if (zombies) {
        Commit stale = commit;
        assertThrows(FencedException.class, () -> zombie.commit(stale), "zombie");
        zombie.close();
      }
      if (random.nextInt(restarts) == 0) {
        tasks[random.nextInt(2)].restart();
      }
      if (random.nextInt(6) == 0) {
        foreign.optimize(random);
      }
      if (random.nextInt(6) == 0) {
        int parity = random.nextInt(3);
        foreign.delete("id", id -> (Integer) id >= FOREIGN && (Integer) id % 3 == parity);
        model.keySet().removeIf(id -> id >= FOREIGN && id % 3 == parity);
      }
      if (round % 5 == 0) {
        check(seed, round);
      }
    }
    check(seed, -1);
    tasks[0].target.close();
    tasks[1].target.close();
  }

  private void deliver(Task task, Commit commit, Random random) {
    Commit pending = commit;
    long next = commit.advances().get(0).next().nextOffset();
    while (true) {
      try {
        task.owner.commit(pending);
        store.heal();
        return;
      } catch (RetriableException e) {
        store.heal();
        if (random.nextBoolean()) {
          continue;
        }
        if (task.restart() == next) {
          return;
        }
        pending = task.owner.prepare(commit.batches().get(0));
      }
    }
  }

  private TableBatch batch(Random random, int parity, Map<Integer, List<Object>> after) {
    Batches batch = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(40); i++) {
      int id = 2 * random.nextInt(60) + parity + (random.nextInt(4) == 0 ? FOREIGN : 0);
      if (ids.contains(id)) {
        continue;
      }
      ids.add(id);
      lsn++;
      List<Object> old = model.get(id);
      if (random.nextInt(5) == 0) {
        batch.delete(lsn, id);
        after.put(id, null);
      } else if (old != null && id < FOREIGN && random.nextBoolean()) {
        batch.upsert(lsn, id, "n" + lsn, Cell.UNCHANGED, lsn);
        after.put(id, Warehouse.row("n" + lsn, old.get(1), lsn));
      } else {
        String note = "t" + lsn % notes;
        batch.upsert(lsn, id, "n" + lsn, note, lsn);
        after.put(id, Warehouse.row("n" + lsn, note, lsn));
      }
    }
    return batch.build();
  }

  private void check(long seed, int round) {
    Map<Integer, List<Object>> found = new TreeMap<>();
    int count = 0;
    for (Map<String, Object> row :
        new KernelReader(local).rows(root.resolve("shop").resolve("items").toString())) {
      found.put(
          (Integer) row.get("id"), Warehouse.row(row.get("name"), row.get("note"), row.get("qty")));
      count++;
    }
    assertEquals(model, found, "seed " + seed + ", round " + round);
    assertEquals(model.size(), count, "keys twice, seed " + seed + ", round " + round);
  }
}
