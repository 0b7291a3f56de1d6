// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.DELETE;
import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.GET;
import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.HEAD;
import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.PUT;
import static io.lakehousecdc.sink.delta.storage.StoreFigures.Operation.PUT_IF_ABSENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.kernel.CheckpointWriter;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.storage.ReadAheadFileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a commit asks of a store that waits for a network, and what of it is under way at once. */
@Timeout(600)
class RoundTripsTest {
  /** The look at the log: no entry follows the newest, which is there. */
  private static final Map<Operation, Integer> LOOK = Map.of(HEAD, 1, GET, 1);

  private static final Map<Operation, Integer> ENTRY = Map.of(PUT_IF_ABSENT, 1);

  private final LocalFileIO local = new LocalFileIO();
  private final StoreInRounds store = new StoreInRounds(local);
  private final FileIO remote = new ReadAheadFileIO(store);

  @TempDir Path root;

  @Test
  void steadyCommitTakesTwoRoundTrips() {
    try (Target target = open(remote)) {
      PartitionOwner owner = filled(target);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      store.expect(List.of(and(LOOK, PUT, 2), ENTRY));
      owner.commit(update);
      store.requireAllRounds();
      assertEquals(5, store.requests().size());
    }
    assertNames("uno", "two", "three");
  }

  @Test
  void looksAtTheLogOverlapTheWritingOfRows() {
    try (Target target = open(remote)) {
      PartitionOwner owner = filled(target);
      Commit insert = owner.prepare(items().upsert(9, 4, "four", "a", 1L).build());
      store.expect(List.of(and(LOOK, PUT, 1), ENTRY));
      owner.commit(insert);
      store.requireAllRounds();
    }
    assertNames("one", "two", "three", "four");
  }

  @Test
  void filesOfPartitionsAreUploadedTogether() {
    try (Target target = open(remote, Map.of(DeltaSettings.PARTITION_BY, "shop.items:note"))) {
      PartitionOwner owner = filled(target);
      Commit update =
          owner.prepare(
              items()
                  // The files that these rows were in have no others, and go as a whole.
                  .upsert(9, 1, "uno", "x", 1L)
                  .upsert(9, 2, "due", "y", 1L)
                  .upsert(9, 3, "tre", "z", 1L)
                  .build());
      store.expect(List.of(and(LOOK, PUT, 3), ENTRY));
      owner.commit(update);
      store.requireAllRounds();
    }
    assertNames("uno", "due", "tre");
  }

  @Test
  void filesWrittenAnewAreUploadedTogether() {
    Map<String, String> copies =
        Map.of(
            DeltaSettings.DELETION_VECTORS, "false", DeltaSettings.PARTITION_BY, "shop.items:note");
    try (Target target = open(remote, copies)) {
      PartitionOwner owner =
          filled(
              target,
              items()
                  .upsert(1, 1, "one", "a", 1L)
                  .upsert(1, 2, "two", "a", 2L)
                  .upsert(1, 3, "three", "b", 3L)
                  .upsert(1, 4, "four", "b", 4L)
                  .build());
      Commit update =
          owner.prepare(items().upsert(9, 1, "uno", "a", 1L).upsert(9, 3, "tre", "b", 1L).build());
      store.requests();
      owner.commit(update);
      // Two files of new rows, two of the rows that stay; what stays is read from two files.
      assertEquals(4, Collections.frequency(store.requests(), PUT));
      assertNames("uno", "two", "tre", "four");
      List<Map<Operation, Integer>> none = List.of();
      store.expect(none);
      store.requireAllRounds();
    }
  }

  @Test
  void tenTablesOfAFlushTakeTwoRoundTripsTogether() {
    int tables = 10;
    Map<String, String> atOnce = Map.of(DeltaSettings.COMMIT_THREADS, "10");
    try (Target target = open(remote, atOnce)) {
      target.load(partitions(tables));
      for (int offset = 0; offset < 4; offset++) {
        target.commit(flush(tables, offset));
      }
      Commit next = flush(tables, 4);
      store.expect(
          List.of(
              Map.of(HEAD, tables, GET, tables, PUT, 2 * tables), Map.of(PUT_IF_ABSENT, tables)));
      target.commit(next);
      store.requireAllRounds();
    }
  }

  @Test
  void partitionThatFeedsSeveralTablesTakesTwoMoreForTheTableOfOffsets() {
    try (Target target = open(remote)) {
      target.load(partitions(2));
      for (int offset = 0; offset < 4; offset++) {
        target.commit(fromOnePartition(2, offset));
      }
      Commit next = fromOnePartition(2, 4);
      store.expect(List.of(Map.of(HEAD, 2, GET, 2, PUT, 4), Map.of(PUT_IF_ABSENT, 2), LOOK, ENTRY));
      target.commit(next);
      store.requireAllRounds();
    }
  }

  @Test
  void checkpointTakesTwoPuts() throws IOException {
    try (Target target = open(remote)) {
      filled(target);
    }
    store.requests();
    new CheckpointWriter(remote, location()).write(Duration.ofDays(1));
    List<Operation> requests = store.requests();
    assertEquals(2, Collections.frequency(requests, PUT), requests::toString);
    assertEquals(0, Collections.frequency(requests, PUT_IF_ABSENT), requests::toString);
  }

  @Test
  void commitOfOthersFoundWhileRowsAreWrittenIsTakenOver() throws IOException {
    try (Target target = open(remote);
        Target other = open(local)) {
      PartitionOwner owner = filled(target);
      PartitionOwner others = PartitionOwner.of(other, Warehouse.P1);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      int before = files().size();
      AtomicBoolean first = new AtomicBoolean(true);
      store.before(
          (operation, location) -> {
            if (operation == HEAD && first.getAndSet(false)) {
              others.commit(
                  items().upsert(9, 1, "eins", "b", 1L).upsert(9, 2, "zwei", "b", 2L).build());
            }
          });
      store.requests();
      owner.commit(update);
      assertFalse(first.get());
      List<Operation> requests = store.requests();
      assertEquals(1, Collections.frequency(requests, PUT_IF_ABSENT), requests::toString);
      // The rows once, the vectors of both versions.
      assertEquals(3, Collections.frequency(requests, PUT), requests::toString);
      assertEquals(1, Collections.frequency(requests, DELETE), requests::toString);
      assertEquals(0, target.gauges().get("delta-commit-conflicts").getAsLong());
      assertEquals(before + 4, files().size());
    }
    assertNames("uno", "zwei", "three");
  }

  @Test
  void commitOfOthersAfterTheLookIsAConflict() throws IOException {
    try (Target target = open(remote);
        Target other = open(local)) {
      PartitionOwner owner = filled(target);
      PartitionOwner others = PartitionOwner.of(other, Warehouse.P1);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      AtomicBoolean first = new AtomicBoolean(true);
      store.before(
          (operation, location) -> {
            if (operation == PUT_IF_ABSENT && first.getAndSet(false)) {
              others.commit(items().upsert(9, 2, "zwei", "b", 2L).build());
            }
          });
      store.requests();
      owner.commit(update);
      assertFalse(first.get());
      assertEquals(1, target.gauges().get("delta-commit-conflicts").getAsLong());
      // The rows once, and the vectors of both versions: the second try has looked first.
      assertEquals(3, Collections.frequency(store.requests(), PUT));
    }
    assertNames("uno", "zwei", "three");
  }

  /** The key index has followed beside the request. */
  @Test
  void entryThatWasNotPutLeavesTheKeysWhereTheyWere() {
    try (Target target = open(remote)) {
      PartitionOwner owner = filled(target);
      Commit update =
          owner.prepare(
              items()
                  .upsert(9, 1, "uno", "a", 1L)
                  .delete(9, 2)
                  .upsert(9, 4, "quattro", "a", 1L)
                  .build());
      store.before(
          (operation, location) -> {
            if (operation == PUT_IF_ABSENT) {
              throw new IOException("Injected");
            }
          });
      assertThrows(RetriableException.class, () -> owner.commit(update));
      store.before((operation, location) -> {});
      owner.commit(update);
    }
    assertNames("uno", "three", "quattro");
  }

  /** Who is not alone looks before it plans, so that nothing is written for an old version. */
  @Test
  void commitBesideOthersLooksFirst() {
    try (Target target = open(remote);
        Target other = open(local)) {
      PartitionOwner owner = filled(target);
      PartitionOwner others = PartitionOwner.of(other, Warehouse.P1);
      for (int round = 0; round < 3; round++) {
        Commit update =
            owner.prepare(
                items()
                    .upsert(11 + 2 * round, 1, "uno " + round, "a", 1L)
                    .upsert(11 + 2 * round, 10 + round, "more " + round, "b", 1L)
                    .build());
        others.commit(items().upsert(10 + 2 * round, 2, "zwei " + round, "b", 2L).build());
        store.requests();
        owner.commit(update);
        List<Operation> requests = store.requests();
        boolean wasAlone = round == 0;
        assertEquals(wasAlone ? 3 : 2, Collections.frequency(requests, PUT), requests::toString);
      }
    }
    assertNames("uno 2", "zwei 2", "three", "more 0", "more 1", "more 2");
  }

  @Test
  void partitionTakenOverByAnotherIsFoundBeforeAnythingIsRefused() {
    try (Target target = open(remote);
        Target other = open(local)) {
      PartitionOwner owner = filled(target);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      PartitionOwner.of(other, Warehouse.P0).commit(items().upsert(8, 1, "eins", "b", 1L).build());
      assertThrows(FencedException.class, () -> owner.commit(update));
    }
    assertNames("eins", "two", "three");
  }

  @Test
  void tableMadeAnewWhileRowsAreWrittenIsNotCommittedTo() throws IOException {
    try (Target target = open(remote)) {
      PartitionOwner owner = filled(target);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      int uploaded = files().size() + 2;
      CountDownLatch made = new CountDownLatch(1);
      AtomicBoolean first = new AtomicBoolean(true);
      store.before(
          (operation, location) -> {
            if (operation == GET) {
              await(made);
            } else if (operation == HEAD && first.getAndSet(false)) {
              while (files().size() < uploaded) {
                Thread.onSpinWait();
              }
              drop();
              try (Target other = open(local)) {
                filled(other);
              }
              made.countDown();
            }
          });
      assertThrows(FencedException.class, () -> owner.commit(update));
      assertFalse(first.get());
    }
    assertNames("one", "two", "three");
  }

  @ParameterizedTest
  @ValueSource(strings = {".parquet", ".bin"})
  void nothingIsLeftWhereOneOfTheUploadsFails(String failing) throws IOException {
    try (Target target = open(remote)) {
      PartitionOwner owner = filled(target);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      Set<String> before = files();
      CountDownLatch failed = new CountDownLatch(1);
      store.before(
          (operation, location) -> {
            if (operation == PUT && location.endsWith(failing)) {
              failed.countDown();
              throw new IOException("Injected");
            } else if (operation == PUT) {
              await(failed);
            }
          });
      store.requests();
      assertThrows(RetriableException.class, () -> owner.commit(update));
      assertEquals(before, files());
      assertFalse(store.requests().contains(PUT_IF_ABSENT));
      store.before((operation, location) -> {});
      owner.commit(update);
    }
    assertNames("uno", "two", "three");
  }

  @Test
  void nothingIsLeftWhereTheLookFails() throws IOException {
    try (Target target = open(remote)) {
      PartitionOwner owner = filled(target);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      Set<String> before = files();
      store.before(
          (operation, location) -> {
            if (operation == HEAD) {
              throw new IOException("Injected");
            }
          });
      assertThrows(RetriableException.class, () -> owner.commit(update));
      assertEquals(before, files());
      store.before((operation, location) -> {});
      owner.commit(update);
    }
    assertNames("uno", "two", "three");
  }

  @Test
  void interruptReachesTheUploads() throws Exception {
    try (Target target = open(remote)) {
      PartitionOwner owner = filled(target);
      Commit update = owner.prepare(items().upsert(9, 1, "uno", "a", 1L).build());
      Set<String> before = files();
      CountDownLatch begun = new CountDownLatch(2);
      CountDownLatch never = new CountDownLatch(1);
      store.before(
          (operation, location) -> {
            if (operation == PUT) {
              begun.countDown();
              await(never);
            }
          });
      AtomicReference<Throwable> failure = new AtomicReference<>();
      AtomicBoolean interrupted = new AtomicBoolean();
      Thread committing =
          new Thread(
              () -> {
                try {
                  owner.commit(update);
                } catch (RuntimeException e) {
                  failure.set(e);
                }
                interrupted.set(Thread.currentThread().isInterrupted());
              });
      committing.start();
      begun.await();
      committing.interrupt();
      committing.join();
      assertTrue(failure.get() instanceof RetriableException, () -> "" + failure.get());
      assertTrue(interrupted.get());
      assertEquals(before, files());
      store.before((operation, location) -> {});
      owner.commit(update);
    }
    assertNames("uno", "two", "three");
  }

  private static void await(CountDownLatch latch) throws InterruptedIOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw StoreInRounds.interrupted();
    }
  }

  private static Map<Operation, Integer> and(
      Map<Operation, Integer> round, Operation operation, int number) {
    Map<Operation, Integer> more = new HashMap<>(round);
    more.put(operation, number);
    return more;
  }

  private Target open(FileIO io) {
    return open(io, Map.of());
  }

  /** Without maintenance, whose requests come when they come. */
  private Target open(FileIO io, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put(DeltaSettings.COMPACTION, "false");
    all.put(DeltaSettings.VACUUM, "false");
    return DeltaFixture.open(io, root, TableOptions.DEFAULT, new TargetContext("sink", 0), all);
  }

  /** An owner whose table is open, and to which nobody else has committed of late. */
  private static PartitionOwner filled(Target target) {
    return filled(
        target,
        items()
            .upsert(1, 1, "one", "a", 1L)
            .upsert(1, 2, "two", "b", 2L)
            .upsert(1, 3, "three", "c", 3L)
            .build());
  }

  private static PartitionOwner filled(Target target, TableBatch rows) {
    PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
    owner.commit(rows);
    for (int i = 0; i < 3; i++) {
      owner.commit(items().upsert(2 + i, 5, "five", "e", 5L).build());
    }
    owner.commit(items().delete(6, 5).build());
    return owner;
  }

  private static Batches items() {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
  }

  private static TableId table(int number) {
    return new TableId("shop", "t" + number);
  }

  private static SourcePartition partition(int number) {
    return new SourcePartition("src.shop.t" + number, 0);
  }

  private static Set<SourcePartition> partitions(int tables) {
    Set<SourcePartition> partitions = new java.util.HashSet<>();
    for (int i = 0; i < tables; i++) {
      partitions.add(partition(i));
    }
    return partitions;
  }

  /** A changed row and a new one of several tables, each fed by a partition of its own. */
  private static Commit flush(int tables, long offset) {
    List<PartitionAdvance> advances = new ArrayList<>();
    Map<TableId, Set<SourcePartition>> contributors = new HashMap<>();
    for (int i = 0; i < tables; i++) {
      advances.add(advance(partition(i), offset));
      contributors.put(table(i), Set.of(partition(i)));
    }
    return new Commit(batches(tables, offset), advances, List.of(), contributors, HISTORIES);
  }

  private static Commit fromOnePartition(int tables, long offset) {
    Map<TableId, Set<SourcePartition>> contributors = new HashMap<>();
    for (int i = 0; i < tables; i++) {
      contributors.put(table(i), Set.of(partition(0)));
    }
    return new Commit(
        batches(tables, offset),
        List.of(advance(partition(0), offset)),
        List.of(),
        contributors,
        HISTORIES);
  }

  private static final Histories HISTORIES =
      Histories.of(List.of(new History(0, SourceId.UNKNOWN, History.ALWAYS)), Map.of());

  private static List<TableBatch> batches(int tables, long offset) {
    List<TableBatch> batches = new ArrayList<>();
    for (int i = 0; i < tables; i++) {
      batches.add(
          Batches.batch(table(i), Warehouse.ITEM)
              .upsert(offset + 1, 1, "changed " + offset, "a", offset)
              // So that the next change leaves something of this file.
              .upsert(offset + 1, 1_000 + (int) offset, "new", "b", offset)
              .build());
    }
    return batches;
  }

  private static PartitionAdvance advance(SourcePartition partition, long offset) {
    return new PartitionAdvance(
        partition, offset == 0 ? Optional.empty() : Optional.of(state(offset)), state(offset + 1));
  }

  private static PartitionState state(long nextOffset) {
    return new PartitionState(nextOffset, Batches.at(nextOffset), -1, -1, nextOffset);
  }

  private String location() {
    return root.resolve("shop").resolve("items").toString();
  }

  private void drop() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(root)) {
          Files.delete(path);
        }
      }
    }
  }

  /** Names of the data files and deletion vectors. */
  private Set<String> files() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(location()))) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith("_") && !name.startsWith("."))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private void assertNames(String... names) {
    List<Object> found =
        new KernelReader(local).rows(location()).stream().map(row -> row.get("name")).toList();
    assertEquals(Set.of(names), Set.copyOf(found));
    assertEquals(names.length, found.size());
  }
}
