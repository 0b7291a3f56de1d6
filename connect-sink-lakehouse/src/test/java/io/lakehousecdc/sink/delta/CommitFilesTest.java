// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the files of a commit that fails: they go, unless its log entry may be there. */
class CommitFilesTest {
  private static final int DATA_FILE = 0;
  private static final int VECTOR = 1;
  private static final int LOG_ENTRY = 2;

  private final LocalFileIO local = new LocalFileIO();
  private final FailingStore store = new FailingStore(local);

  @TempDir Path root;

  @BeforeEach
  void fill() {
    try (Target target = open(local)) {
      owner(target)
          .commit(
              items()
                  .upsert(1, 1, "one", "a", 1L)
                  .upsert(1, 2, "two", "b", 2L)
                  .upsert(1, 3, "three", "c", 3L)
                  .build());
    }
  }

  @ParameterizedTest
  @CsvSource({DATA_FILE + ",false", DATA_FILE + ",true", VECTOR + ",false"})
  void filesGoWhereOneOfThemCannotBeWritten(int step, boolean after) throws IOException {
    try (Target target = open(store)) {
      PartitionOwner owner = owner(target);
      Set<String> before = files();
      Commit commit = update(owner);
      store.failAt(step, after);
      assertThrows(RetriableException.class, () -> owner.commit(commit));
      assertTrue(store.heal());
      assertEquals(before, files());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void filesStayWhereTheLogEntryMayBeThere(boolean after) throws IOException {
    try (Target target = open(store)) {
      PartitionOwner owner = owner(target);
      Set<String> before = files();
      Commit commit = update(owner);
      store.failAt(LOG_ENTRY, after);
      assertThrows(RetriableException.class, () -> owner.commit(commit));
      assertTrue(store.heal());
      Set<String> failed = files();
      assertEquals(before.size() + 2, failed.size(), failed::toString);
      owner.commit(commit);
      assertTrue(files().containsAll(failed));
      assertNames("uno", "two", "three");
    }
  }

  @Test
  void filesGoWhereTheLogEntryIsAnotherWriters() throws IOException {
    try (Target target = open(store);
        Target other = open(local)) {
      PartitionOwner owner = owner(target);
      Set<String> before = files();
      store.beforeNextLogEntry(
          () ->
              PartitionOwner.of(other, Warehouse.P1)
                  .commit(items().upsert(3, 2, "due", "b", 2L).build()));
      owner.commit(update(owner));
      // Two commits, each with a data file and a vector; nothing is left of the attempt between.
      assertEquals(before.size() + 4, files().size(), () -> "before: " + before);
      assertNames("uno", "due", "three");
    }
  }

  @Test
  void filesOfARehearsalGo() throws IOException {
    try (Target target = open(store)) {
      PartitionOwner owner = owner(target);
      Set<String> before = files();
      target.rehearse(update(owner));
      assertEquals(before, files());
      assertNames("one", "two", "three");
    }
  }

  private static Commit update(PartitionOwner owner) {
    return owner.prepare(items().upsert(2, 1, "uno", "a", 1L).build());
  }

  private Target open(FileIO io) {
    return DeltaFixture.open(
        io,
        root,
        TableOptions.DEFAULT,
        new TargetContext("sink", 0),
        Map.of("delta.compaction", "false"));
  }

  private static PartitionOwner owner(Target target) {
    return PartitionOwner.of(target, Warehouse.P0);
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  /** Names of the data files and deletion vectors. */
  private Set<String> files() throws IOException {
    try (Stream<Path> all = Files.list(root.resolve("shop").resolve("items"))) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith("_"))
          .collect(Collectors.toSet());
    }
  }

  private void assertNames(String... names) {
    List<Object> found =
        new KernelReader(local)
            .rows(root.resolve("shop").resolve("items").toString()).stream()
                .map(row -> row.get("name"))
                .toList();
    assertEquals(Set.of(names), Set.copyOf(found));
  }
}
