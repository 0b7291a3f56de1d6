// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileOutput;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task that writes many tables, most of them fed by a partition each. */
class ManyTablesTest {
  private static final int TABLES = 5;
  private static final RowSchema DAY =
      Batches.schema(
          1, Batches.required("id", Primitive.INT32), Batches.optional("day", Primitive.DATE));
  private static final Histories HISTORIES =
      Histories.of(List.of(new History(0, SourceId.UNKNOWN, History.ALWAYS)), Map.of());
  private static final TableId DAYS = new TableId("shop", "days");
  private static final TableOptions LETTERS =
      new TableOptions(
          Warehouse.append().writeMode(),
          Warehouse.append().deleteMode(),
          Warehouse.append().evolution(),
          Warehouse.append().metadata(),
          Optional.of("shop.letters"));

  private final LocalFileIO local = new LocalFileIO();
  private final BrokenTables store = new BrokenTables(local);

  @TempDir Path root;

  /** A store that cannot write to some tables, and tells whose logs are looked at. */
  private static final class BrokenTables extends ForwardingFileIO {
    private final Set<String> broken = ConcurrentHashMap.newKeySet();
    private final Set<String> looked = ConcurrentHashMap.newKeySet();

    BrokenTables(FileIO store) {
      super(store);
    }

    @Override
    public boolean exists(String location) throws IOException {
      looked.add(location);
      return super.exists(location);
    }

    @Override
    public FileOutput create(String location) throws IOException {
      for (String each : broken) {
        if (location.contains("/" + each + "/")) {
          throw new IOException("Injected: " + each);
        }
      }
      return super.create(location);
    }

    boolean hasLookedAt(TableId table) {
      return looked.stream().anyMatch(location -> location.contains("/" + table.name() + "/"));
    }
  }

  private static TableId table(int number) {
    return new TableId("shop", "t" + number);
  }

  private static SourcePartition partition(int number) {
    return new SourcePartition("src.shop.t" + number, 0);
  }

  @Test
  void tablesAreWrittenAtTheSameTime() {
    CountDownLatch together = new CountDownLatch(2);
    FileIO meeting =
        new ForwardingFileIO(local) {
          @Override
          public FileOutput create(String location) throws IOException {
            together.countDown();
            try {
              if (!together.await(2, TimeUnit.MINUTES)) {
                throw new IOException("alone");
              }
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            return super.create(location);
          }
        };
    try (Target target = open(meeting, TableOptions.DEFAULT)) {
      target.commit(flush(0, 1));
    }
    assertEquals(List.of(1, 1, 1, 1, 1), counts());
  }

  @Test
  void tableThatFailsKeepsNoOtherFromItsCommit() {
    try (Target target = open(store, Warehouse.append())) {
      target.commit(flush(0, 1));
      Commit second = flush(1, 2);
      store.broken.add("t0");
      store.broken.add("t3");
      RetriableException failure =
          assertThrows(RetriableException.class, () -> target.commit(second));
      assertTrue(failure.getMessage().contains("shop.t"), failure.getMessage());
      assertEquals(List.of(1, 2, 2, 1, 2), counts());
      store.broken.remove("t0");
      assertThrows(RetriableException.class, () -> target.commit(second));
      assertEquals(List.of(2, 2, 2, 1, 2), counts());
      store.broken.clear();
      target.commit(second);
      assertEquals(List.of(2, 2, 2, 2, 2), counts());
      target.commit(flush(2, 3));
      assertEquals(List.of(3, 3, 3, 3, 3), counts());
    }
  }

  @Test
  void taskThatDiesBetweenTablesGoesOnFromTheStateOfEach() {
    try (Target target = open(store, Warehouse.append())) {
      target.commit(flush(0, 1));
      store.broken.add("t1");
      Commit second = flush(1, 2);
      assertThrows(RetriableException.class, () -> target.commit(second));
    }
    try (Target target = open(local, Warehouse.append())) {
      Map<SourcePartition, LoadedPartition> loaded = target.load(partitions());
      for (int i = 0; i < TABLES; i++) {
        assertEquals(i == 1 ? 1 : 2, loaded.get(partition(i)).state().nextOffset(), "" + i);
        assertEquals(Map.of(), loaded.get(partition(i)).tablesAhead());
      }
    }
  }

  @Test
  void partitionsThatFeedOneTableEachLeaveTheTableOfOffsetsAlone() throws IOException {
    try (Target target = open(store, TableOptions.DEFAULT)) {
      target.commit(flush(0, 1));
      long before = versionsOfOffsets();
      target.commit(flush(1, 2));
      assertEquals(before, versionsOfOffsets());
      target.commit(flush(2, 3));
      assertEquals(before, versionsOfOffsets());
    }
    try (Target target = open(local, TableOptions.DEFAULT)) {
      Map<SourcePartition, LoadedPartition> loaded = target.load(partitions());
      for (int i = 0; i < TABLES; i++) {
        assertEquals(3, loaded.get(partition(i)).state().nextOffset());
      }
    }
  }

  @Test
  void partitionThatAdvancesWithoutRowsIsWrittenOnce() throws IOException {
    try (Target target = open(local, TableOptions.DEFAULT)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(items(1));
      long before = versionsOfOffsets();
      owner.commit();
      assertEquals(before + 1, versionsOfOffsets());
      owner.commit(items(3));
      assertEquals(before + 1, versionsOfOffsets());
    }
    try (Target target = open(local, TableOptions.DEFAULT)) {
      assertEquals(3, target.load(Set.of(Warehouse.P0)).get(Warehouse.P0).state().nextOffset());
    }
  }

  @Test
  void stateIsKeptWhereAPartitionBeginsToFeedASecondTableAndDies() {
    try (Target target = open(store, Warehouse.append())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      owner.commit(items(1));
      store.broken.add("days");
      Commit both = owner.prepare(items(2), day(3, 1));
      assertThrows(RetriableException.class, () -> target.commit(both));
    }
    try (Target target = open(local, Warehouse.append())) {
      LoadedPartition loaded = target.load(Set.of(Warehouse.P0)).get(Warehouse.P0);
      assertEquals(1, loaded.state().nextOffset());
      assertEquals(Map.of(Warehouse.ITEMS, 3L), loaded.tablesAhead());
    }
  }

  @Test
  void rowsOfTheOthersAreWrittenOnceWhereATableRefusesARecordThatBecomesADeadLetter() {
    try (Target target = open(local, LETTERS)) {
      target.load(Set.of(Warehouse.P0, Warehouse.P1));
      PartitionAdvance first = advance(Warehouse.P0, 0, 1);
      PartitionAdvance second = advance(Warehouse.P1, 0, 1);
      Commit both =
          new Commit(
              List.of(items(1), day(1, Integer.MAX_VALUE)),
              List.of(first, second),
              List.of(),
              Map.of(Warehouse.ITEMS, Set.of(Warehouse.P0), DAYS, Set.of(Warehouse.P1)),
              HISTORIES);
      assertThrows(RecordException.class, () -> target.commit(both));
      DeadLetter letter =
          new DeadLetter(
              new RecordOffset(Warehouse.P1, 0), "1", null, "c", "E", "does not fit", 1, 0);
      Commit without =
          new Commit(
              List.of(items(1)),
              List.of(first, second),
              List.of(letter),
              Map.of(Warehouse.ITEMS, Set.of(Warehouse.P0)),
              both.histories());
      target.commit(without);
      assertEquals(1, count("shop/items"));
      // The partition goes on from there.
      target.commit(
          new Commit(
              List.of(items(2)),
              List.of(advance(Warehouse.P0, 1, 2)),
              List.of(),
              Map.of(Warehouse.ITEMS, Set.of(Warehouse.P0)),
              both.histories()));
      assertEquals(2, count("shop/items"));
    }
    try (Target target = open(local, LETTERS)) {
      Map<SourcePartition, LoadedPartition> loaded =
          target.load(Set.of(Warehouse.P0, Warehouse.P1));
      assertEquals(2, loaded.get(Warehouse.P0).state().nextOffset());
      assertEquals(1, loaded.get(Warehouse.P1).state().nextOffset());
    }
  }

  /** The keys of rejected records are kept in the state of their partition. */
  @Test
  void rowsAreWrittenOnceWhereTheRefusalOfAnotherTableChangesTheStateOfTheirPartition() {
    try (Target target = open(local, Warehouse.append())) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      Commit both = owner.prepare(items(1), day(1, Integer.MAX_VALUE));
      assertThrows(RecordException.class, () -> target.commit(both));
      PartitionState next =
          new PartitionState(2, Batches.at(7), PartitionState.NO_LSN, PartitionState.NO_LSN, 7);
      target.commit(
          new Commit(
              List.of(items(1)),
              List.of(new PartitionAdvance(Warehouse.P0, Optional.empty(), next)),
              List.of(),
              Map.of(Warehouse.ITEMS, Set.of(Warehouse.P0)),
              both.histories()));
      assertEquals(1, count("shop/items"));
      LoadedPartition loaded = target.load(Set.of(Warehouse.P0)).get(Warehouse.P0);
      assertEquals(next, loaded.state());
      assertEquals(Map.of(), loaded.tablesAhead());
    }
  }

  @Test
  void onlyTablesOfOwnTopicsAreOpened() {
    try (Target target = open(local, TableOptions.DEFAULT)) {
      target.commit(flush(0, 1));
    }
    try (Target target = open(store, TableOptions.DEFAULT)) {
      assertEquals(1, target.load(Set.of(partition(2))).get(partition(2)).state().nextOffset());
      target.histories();
      for (int i = 0; i < TABLES; i++) {
        assertEquals(i == 2, store.hasLookedAt(table(i)), "table " + i);
      }
    }
  }

  @Test
  void tableOfWhichNoTopicsAreRememberedIsOpenedByEveryTask() throws Exception {
    try (Target target = open(local, TableOptions.DEFAULT)) {
      target.commit(flush(0, 1));
    }
    // As version 0.1 wrote it.
    setRegistry("[[\"shop\",\"t1\"],[\"shop\",\"t2\"]]");
    try (Target target = open(store, TableOptions.DEFAULT)) {
      assertEquals(1, target.load(Set.of(partition(2))).size());
      assertTrue(store.hasLookedAt(table(1)));
    }
  }

  /** A task of version 0.1, which knows no topics, has written to the table of another topic. */
  @Test
  void stateThatTheRegistryDoesNotTellIsFoundWhenTheTableIsWrittenTo() throws Exception {
    try (Target target = open(local, Warehouse.append())) {
      target.commit(flush(0, 1));
    }
    setRegistry("[[\"shop\",\"t1\",\"another\"]]");
    try (Target target = open(local, Warehouse.append())) {
      assertEquals(Map.of(), target.load(Set.of(partition(1))));
      Commit again = commit(Set.of(1), 0, 1);
      assertThrows(FencedException.class, () -> target.commit(again));
      assertEquals(1, target.load(Set.of(partition(1))).get(partition(1)).state().nextOffset());
      target.commit(commit(Set.of(1), 1, 2));
      assertEquals(2, count("shop/t1"));
    }
  }

  private void setRegistry(String text) throws Exception {
    TableLog offsets = new TableLog(local, root.resolve("_cdc_offsets").toString());
    offsets.commit(
        offsets.latest().orElseThrow(),
        NewCommit.ofDomains(Map.of("lakehousecdc.tables.sink", Optional.of(text))));
  }

  /** A row for each table, from one partition each. */
  private static Commit flush(long from, long next) {
    return commit(Set.of(0, 1, 2, 3, 4), from, next);
  }

  private static Commit commit(Set<Integer> tables, long from, long next) {
    List<TableBatch> batches = new ArrayList<>();
    List<PartitionAdvance> advances = new ArrayList<>();
    Map<TableId, Set<SourcePartition>> contributors = new HashMap<>();
    for (int i : tables) {
      batches.add(
          Batches.batch(table(i), Warehouse.ITEM)
              .upsert(next, (int) next, "name", "note", next)
              .build());
      advances.add(advance(partition(i), from, next));
      contributors.put(table(i), Set.of(partition(i)));
    }
    return new Commit(batches, advances, List.of(), contributors, HISTORIES);
  }

  private static PartitionAdvance advance(SourcePartition partition, long from, long next) {
    return new PartitionAdvance(
        partition, from == 0 ? Optional.empty() : Optional.of(state(from)), state(next));
  }

  private static PartitionState state(long next) {
    return new PartitionState(
        next, Batches.at(next), PartitionState.NO_LSN, PartitionState.NO_LSN, next * 1_000);
  }

  private static Set<SourcePartition> partitions() {
    return Set.of(partition(0), partition(1), partition(2), partition(3), partition(4));
  }

  private static TableBatch items(int id) {
    return Batches.batch(Warehouse.ITEMS, Warehouse.ITEM).upsert(id, id, "a", "t", 1L).build();
  }

  private static TableBatch day(int id, int day) {
    return Batches.batch(DAYS, DAY).upsert(id, id, day).build();
  }

  private Target open(FileIO io, TableOptions options) {
    return DeltaFixture.open(io, root, options, new TargetContext("sink", 0), Map.of());
  }

  private int count(String path) {
    return new KernelReader(local).rows(root.resolve(path).toString()).size();
  }

  private List<Integer> counts() {
    return Stream.iterate(0, i -> i + 1)
        .limit(TABLES)
        .map(i -> count("shop/" + table(i).name()))
        .toList();
  }

  private long versionsOfOffsets() throws IOException {
    try (Stream<Path> log = Files.list(root.resolve("_cdc_offsets/_delta_log"))) {
      return log.filter(file -> file.toString().endsWith(".json")).count();
    }
  }
}
