// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.storage.ReadAheadFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** A table in a store that is asked in rounds, and the files of its directory. */
abstract class StoreRounds {
  final LocalFileIO local = new LocalFileIO();
  final StoreInRounds store = new StoreInRounds(local);
  final FileIO remote = new ReadAheadFileIO(store);

  @TempDir Path root;

  static void await(CountDownLatch latch) throws InterruptedIOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw StoreInRounds.interrupted();
    }
  }

  Target open(FileIO io) {
    return open(io, Map.of());
  }

  /** Without maintenance, whose requests come when they come. */
  Target open(FileIO io, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put(DeltaSettings.COMPACTION, "false");
    all.put(DeltaSettings.VACUUM, "false");
    return DeltaFixture.open(io, root, TableOptions.DEFAULT, new TargetContext("sink", 0), all);
  }

  /** An owner whose table is open, and to which nobody else has committed of late. */
  static PartitionOwner filled(Target target) {
    return filled(
        target,
        items()
            .upsert(1, 1, "one", "a", 1L)
            .upsert(1, 2, "two", "b", 2L)
            .upsert(1, 3, "three", "c", 3L)
            .build());
  }

  static PartitionOwner filled(Target target, TableBatch rows) {
    PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
    owner.commit(rows);
    for (int i = 0; i < 3; i++) {
      owner.commit(items().upsert(2 + i, 5, "five", "e", 5L).build());
    }
    owner.commit(items().delete(6, 5).build());
    return owner;
  }

  static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  String location() {
    return root.resolve("shop").resolve("items").toString();
  }

  /** Names of the data files and deletion vectors. */
  Set<String> files() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(location()))) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith("_") && !name.startsWith("."))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  void assertNames(String... names) {
    List<Object> found =
        new KernelReader(local).rows(location()).stream().map(row -> row.get("name")).toList();
    assertEquals(Set.of(names), Set.copyOf(found));
    assertEquals(names.length, found.size());
  }
}
