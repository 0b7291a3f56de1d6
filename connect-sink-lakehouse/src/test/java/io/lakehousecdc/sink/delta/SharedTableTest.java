// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.delta.domain.CommitQueue;
import io.lakehousecdc.sink.delta.domain.CommitQueue.Ticket;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileOutput;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several tasks that write to one table, in one process or in several. */
class SharedTableTest {
  private static final int PATIENCE_SECONDS = 120;

  private final LocalFileIO local = new LocalFileIO();
  private final RacingStore store = new RacingStore(local);

  @TempDir Path root;

  @Test
  void newRowsAreWrittenOnceHoweverOftenOthersComeFirst() throws Exception {
    fill();
    AtomicInteger others = new AtomicInteger();
    try (Target target = open(store);
        Target other = open(local)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      PartitionOwner otherOwner = PartitionOwner.of(other, Warehouse.P1);
      Set<String> before = files();
      store.race(
          entry -> {
            if (others.get() < 2) {
              int id = 10 + others.incrementAndGet();
              otherOwner.commit(items().upsert(5, id, "other", "t", 1L).build());
            }
          });
      owner.commit(items().upsert(6, 1, "uno", "t", 1L).delete(6, 2).build());
      assertEquals(1, store.dataFiles().size(), store.dataFiles()::toString);
      // A data file of each commit, and the one deletion vector that stands.
      assertEquals(before.size() + 4, files().size());
    }
    assertEquals(Map.of(1, "uno", 3, "three", 11, "other", 12, "other"), names());
  }

  @Test
  void onlyStoredRowsThatAnotherHasWrittenAnewAreReadAgain() throws Exception {
    fill();
    try (Target target = open(store);
        Target other = open(local)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      PartitionOwner otherOwner = PartitionOwner.of(other, Warehouse.P1);
      owner.commit(items().upsert(2, 20, "twenty", "t", 1L).build());
      AtomicBoolean once = new AtomicBoolean();
      store.race(
          entry -> {
            if (once.compareAndSet(false, true)) {
              otherOwner.commit(items().upsert(5, 2, "due", "other's", 7L).build());
            }
          });
      int reads = store.dataFileReads().size();
      owner.commit(
          items()
              .upsert(6, 1, "uno", Cell.UNCHANGED, 1L)
              .upsert(6, 2, "dos", Cell.UNCHANGED, 1L)
              .build());
      List<String> opened = store.dataFileReads().subList(reads, store.dataFileReads().size());
      // The file of both rows; the other's once for its key, which the index takes over, and once
      // for the row.
      Map<String, Long> times =
          opened.stream().collect(Collectors.groupingBy(name -> name, Collectors.counting()));
      assertEquals(List.of(1L, 2L), times.values().stream().sorted().toList(), times::toString);
    }
    Map<Object, Object> notes = new HashMap<>();
    rows().forEach(row -> notes.put(row.get("id"), row.get("note")));
    assertEquals("other's", notes.get(2));
    assertEquals("dos", names().get(2));
  }

  @Test
  void rowThatAnotherHasOvertakenIsNotInTheFileThatIsCommitted() throws Exception {
    fill();
    try (Target target = open(store);
        Target other = open(local)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      PartitionOwner otherOwner = PartitionOwner.of(other, Warehouse.P1);
      AtomicBoolean once = new AtomicBoolean();
      store.race(
          entry -> {
            if (once.compareAndSet(false, true)) {
              otherOwner.commit(items().upsert(9, 1, "newer", "t", 1L).build());
            }
          });
      owner.commit(items().upsert(6, 1, "older", "t", 1L).upsert(6, 2, "due", "t", 1L).build());
      assertEquals(2, store.dataFiles().size());
      // Of the two files that were written the first is gone.
      assertEquals(
          1, store.dataFiles().stream().filter(name -> exists("shop/items/" + name)).count());
    }
    assertEquals(Map.of(1, "newer", 2, "due", 3, "three"), names());
  }

  @Test
  void filesOfACommitThatIsGivenUpGo() throws Exception {
    fill();
    TableLog log = new TableLog(local, location());
    AtomicInteger times = new AtomicInteger();
    try (Target target = open(store)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      Set<String> before = files();
      // A program that knows of no turns.
      store.race(
          entry -> {
            Map<String, Optional<String>> domains =
                Map.of("other", Optional.of("" + times.incrementAndGet()));
            try {
              log.commit(log.latest().orElseThrow(), NewCommit.ofDomains(domains));
            } catch (Exception e) {
              throw new IOException(e);
            }
          });
      Commit commit = owner.prepare(items().upsert(6, 1, "uno", "t", 1L).build());
      assertThrows(RetriableException.class, () -> owner.commit(commit));
      assertEquals(before, files());
      store.race(entry -> {});
      owner.commit(commit);
    }
    assertEquals("uno", names().get(1));
  }

  @Test
  void filesThatALostAnswerMayHaveNamedStayAfterAConflict() throws Exception {
    fill();
    FailingStore failing = new FailingStore(store);
    try (Target target = open(failing);
        Target other = open(local)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      Set<String> before = files();
      Commit commit = owner.prepare(items().upsert(6, 1, "uno", "t", 1L).build());
      failing.beforeNextLogEntry(
          () ->
              PartitionOwner.of(other, Warehouse.P1)
                  .commit(items().upsert(5, 2, "due", "t", 1L).build()));
      // Data file, vector, log entry; the vector and the log entry of the second attempt.
      failing.failAt(4, true);
      assertThrows(RetriableException.class, () -> owner.commit(commit));
      assertTrue(failing.heal());
      Set<String> failed = files();
      assertEquals(before.size() + 4, failed.size());
      owner.commit(commit);
      assertEquals(failed, files());
    }
    assertEquals(Map.of(1, "uno", 2, "due", 3, "three"), names());
  }

  /** The other commits whenever this one is about to, as long as it is not kept from it. */
  @Test
  void longCommitHasItsTurnBesideAProcessThatCommitsInALoop() throws Exception {
    fill();
    AtomicInteger others = new AtomicInteger();
    AtomicBoolean waits = new AtomicBoolean();
    AtomicBoolean ends = new AtomicBoolean();
    RacingStore otherStore = new RacingStore(local);
    otherStore.race(entry -> waits.compareAndSet(false, asksForATurn(entry)));
    try (Target target = open(store);
        Target other = open(otherStore)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      PartitionOwner otherOwner = PartitionOwner.of(other, Warehouse.P1);
      store.race(
          entry -> {
            if (!asksForATurn(entry)) {
              int seen = others.get();
              await(() -> others.get() > seen || waits.get());
            }
          });
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread loop =
          new Thread(
              () -> {
                while (!ends.get()) {
                  int number = others.get() + 1;
                  otherOwner.commit(items().upsert(5, 100 + number, "o", "t", 1L).build());
                  others.set(number);
                  // Long enough for a commit of a ticket, too short for one of rows.
                  LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
              });
      loop.setUncaughtExceptionHandler((thread, e) -> failure.set(e));
      loop.start();
      commitAsOftenAsItTakes(owner, items().upsert(6, 1, "uno", "t", 1L).build());
      assertTrue(waits.get());
      int seen = others.get();
      await(() -> others.get() > seen + 1 || failure.get() != null);
      ends.set(true);
      loop.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      assertFalse(loop.isAlive());
      assertEquals(null, failure.get());
    }
    assertEquals("uno", names().get(1));
    assertEquals(others.get() + 3, names().size());
    assertFalse(domains().containsKey(CommitQueue.NAME), () -> domains().toString());
  }

  /** As the pipeline does where others came first many times in a row. */
  private static void commitAsOftenAsItTakes(PartitionOwner owner, TableBatch batch) {
    Commit commit = owner.prepare(batch);
    await(
        () -> {
          try {
            owner.commit(commit);
            return true;
          } catch (RetriableException e) {
            return false;
          }
        });
  }

  @Test
  void turnOfAProcessThatHasDiedPassesWhenItsTimeIsUp() throws Exception {
    fill();
    waitsInFront(new Ticket("dead", 1));
    try (Target target = open(local)) {
      PartitionOwner.of(target, Warehouse.P0).commit(items().upsert(6, 1, "uno", "t", 1L).build());
    }
    assertEquals("uno", names().get(1));
    assertFalse(domains().containsKey(CommitQueue.NAME), () -> domains().toString());
  }

  @Test
  void turnOfAnotherIsWaitedFor() throws Exception {
    fill();
    Ticket first = new Ticket("alive", TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    waitsInFront(first);
    try (Target target = open(local)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      Thread late = new Thread(() -> owner.commit(items().upsert(6, 1, "uno", "t", 1L).build()));
      late.start();
      await(() -> CommitQueue.of(domains()).waiting().size() == 2);
      assertEquals("one", names().get(1));
      TableLog log = new TableLog(local, location());
      CommitQueue queue = CommitQueue.of(domains());
      log.commit(
          log.latest().orElseThrow(),
          NewCommit.ofDomains(Map.of(CommitQueue.NAME, queue.without(first::equals).text())));
      late.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      assertFalse(late.isAlive());
    }
    assertEquals("uno", names().get(1));
    assertFalse(domains().containsKey(CommitQueue.NAME), () -> domains().toString());
  }

  @Test
  void taskCommitsWhileAnotherOfItsProcessWritesItsRows() throws Exception {
    fill();
    besideAnother(
        (other, owner) -> {
          // Writes no rows.
          owner.commit(items().delete(6, 2).build());
          assertEquals(Map.of(1, "one", 3, "three"), names());
        },
        (other, owner) -> owner.commit(items().upsert(7, 1, "eins", "t", 1L).build()));
    assertEquals(Map.of(1, "eins", 3, "three"), names());
  }

  /** The table's version is the same, but its index is another. */
  @Test
  void rowsAreFoundAgainWhereAnotherTaskHasHadTheIndexBuiltForOtherKeysMeanwhile()
      throws Exception {
    fill();
    RowSchema otherKey =
        Batches.schema(
            2, Batches.required("id", Primitive.INT32), Batches.required("name", Primitive.TEXT));
    besideAnother(
        (other, owner) ->
            other.rehearse(
                owner.prepare(
                    Batches.batch(Warehouse.ITEMS, otherKey).delete(6, 2, "two").build())),
        (other, owner) ->
            owner.commit(Batches.batch(Warehouse.ITEMS, otherKey).delete(7, 1, "uno").build()));
    assertEquals(Map.of(2, "two", 3, "three"), names());
  }

  private interface Meanwhile {
    void happens(Target other, PartitionOwner owner);
  }

  /** Something happens while a task writes its rows, and something else when it has committed. */
  private void besideAnother(Meanwhile meanwhile, Meanwhile after) throws Exception {
    CountDownLatch writes = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    FileIO slow =
        new ForwardingFileIO(local) {
          @Override
          public FileOutput create(String location) throws IOException {
            if (location.endsWith(".parquet")) {
              writes.countDown();
              requireInTime(goesOn);
            }
            return super.create(location);
          }
        };
    DeltaTables shared = new DeltaTables();
    try (Target target = open(shared, slow, 0);
        Target other = open(shared, slow, 1)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      Thread late = new Thread(() -> owner.commit(items().upsert(6, 1, "uno", "t", 1L).build()));
      late.start();
      requireInTime(writes);
      PartitionOwner otherOwner = PartitionOwner.of(other, Warehouse.P1);
      meanwhile.happens(other, otherOwner);
      goesOn.countDown();
      late.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      assertFalse(late.isAlive());
      assertEquals(0, target.gauges().get("delta-commit-conflicts").getAsLong());
      after.happens(other, otherOwner);
    }
  }

  private static void requireInTime(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("waited in vain");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(Condition condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < end, "waited in vain");
      Thread.onSpinWait();
    }
  }

  private static boolean asksForATurn(String entry) {
    return entry.contains(CommitQueue.NAME) && !entry.contains("\"add\"");
  }

  private void waitsInFront(Ticket ticket) throws Exception {
    TableLog log = new TableLog(local, location());
    log.commit(
        log.latest().orElseThrow(),
        NewCommit.ofDomains(Map.of(CommitQueue.NAME, new CommitQueue(List.of(ticket)).text())));
  }

  private Map<String, String> domains() {
    return new TableLog(local, location()).latest().orElseThrow().domains();
  }

  private void fill() {
    try (Target target = open(local)) {
      PartitionOwner.of(target, Warehouse.P0)
          .commit(
              items()
                  .upsert(1, 1, "one", "a", 1L)
                  .upsert(1, 2, "two", "b", 2L)
                  .upsert(1, 3, "three", "c", 3L)
                  .build());
    }
  }

  private Target open(FileIO io) {
    return open(new DeltaTables(), io, 0);
  }

  private Target open(DeltaTables tables, FileIO io, int task) {
    return DeltaFixture.open(
        tables,
        io,
        root,
        TableOptions.DEFAULT,
        new TargetContext("sink", task),
        Map.of("delta.compaction", "false"));
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  private String location() {
    return root.resolve("shop/items").toString();
  }

  private boolean exists(String path) {
    return Files.exists(root.resolve(path));
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> all = Files.list(root.resolve("shop/items"))) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith("_"))
          .collect(Collectors.toSet());
    }
  }

  private List<Map<String, Object>> rows() {
    return new KernelReader(local).rows(location());
  }

  private Map<Object, Object> names() {
    return rows().stream().collect(Collectors.toMap(row -> row.get("id"), row -> row.get("name")));
  }
}
