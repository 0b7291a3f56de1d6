// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
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

  @ParameterizedTest
  @EnumSource(Answer.class)
  void commitStandsWhereOnlyItsAnswerIsWrong(Answer answer) throws IOException {
    WrongAnswers wrong = new WrongAnswers(local, answer);
    try (Target target = open(wrong)) {
      PartitionOwner owner = owner(target);
      Set<String> before = files();
      wrong.next.set(true);
      CommitReceipt receipt = owner.commit(update(owner));
      assertFalse(wrong.next.get());
      assertEquals(1, receipt.upserted());
      assertEquals(before.size() + 2, files().size());
      assertNames("uno", "two", "three");

      // What is in memory fits, too: the same key is found where that commit put it.
      owner.commit(items().upsert(3, 1, "eins", "a", 1L).build());
      assertNames("eins", "two", "three");
    }
  }

  @ParameterizedTest
  @EnumSource(Answer.class)
  void tableIsMadeWhereOnlyTheAnswerIsWrong(Answer answer) {
    WrongAnswers wrong = new WrongAnswers(local, answer);
    TableId others = new TableId("shop", "others");
    try (Target target = open(wrong)) {
      PartitionOwner owner = owner(target);
      Commit commit =
          owner.prepare(Batches.batch(others, Warehouse.ITEM).upsert(2, 1, "a", "b", 1L).build());
      wrong.next.set(true);
      owner.commit(commit);
      assertFalse(wrong.next.get());
    }
    assertEquals(
        1, new KernelReader(local).rows(root.resolve("shop").resolve("others").toString()).size());
  }

  @Test
  void filesGoWhereTheRequestFailsAndTheEntryIsAnotherWriters() throws IOException {
    WrongAnswers wrong = new WrongAnswers(local, Answer.LOST);
    try (Target target = open(wrong);
        Target other = open(local)) {
      PartitionOwner owner = owner(target);
      Set<String> before = files();
      wrong.before =
          () ->
              PartitionOwner.of(other, Warehouse.P1)
                  .commit(items().upsert(3, 2, "due", "b", 2L).build());
      wrong.next.set(true);
      owner.commit(update(owner));
      assertEquals(before.size() + 4, files().size(), () -> "before: " + before);
      assertNames("uno", "due", "three");
    }
  }

  /** What a store says of a file that it has written. */
  private enum Answer {
    LOST,
    /** As to a client that repeats a conditional request whose answer it did not get. */
    NAME_IS_TAKEN
  }

  /** A store that gives a wrong answer to the put of one log entry of a table in a schema. */
  private static final class WrongAnswers extends ForwardingFileIO {
    private final Answer answer;
    private final AtomicBoolean next = new AtomicBoolean();
    private Runnable before = () -> {};

    WrongAnswers(FileIO store, Answer answer) {
      super(store);
      this.answer = answer;
    }

    @Override
    public void putIfAbsent(String location, byte[] content) throws IOException {
      if (!location.contains("/shop/") || !next.compareAndSet(true, false)) {
        super.putIfAbsent(location, content);
        return;
      }
      before.run();
      try {
        super.putIfAbsent(location, content);
      } catch (FileAlreadyExistsException taken) {
        throw new IOException("Injected: lost, and it was no", taken);
      }
      throw answer == Answer.LOST
          ? new IOException("Injected: lost")
          : new FileAlreadyExistsException(location);
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
