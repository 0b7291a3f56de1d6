// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.SourceProgress;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetContext.Transactions;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The table {@code _cdc_progress}, which follows the tables of a flush. Each transaction adds a row
 * to two tables, each fed by a topic of its own; a third topic has the ends of transactions.
 */
class SourceProgressTest {
  private static final TableId DAYS = new TableId("shop", "days");
  private static final RowSchema DAY =
      Batches.schema(
          1, Batches.required("id", Primitive.INT32), Batches.optional("day", Primitive.DATE));
  private static final SourcePartition OF_DAYS = new SourcePartition("src.shop.days", 0);
  private static final SourcePartition ENDS = new SourcePartition("src.transaction", 0);
  private static final Set<SourcePartition> ALL = Set.of(Warehouse.P0, OF_DAYS, ENDS);

  private final LocalFileIO local = new LocalFileIO();
  private final FailingStore store = new FailingStore(local);

  @TempDir Path temporary;
  private Path root;

  @Test
  void isOneRowForEachSource() {
    root = temporary;
    try (Target target = open(Transactions.WHOLE)) {
      target.commit(next(target, 7));
      target.commit(next(target, 7));
    }
    Map<String, Object> row = progress().get(0);
    assertEquals(1, progress().size());
    assertEquals("sink", row.get("connector"));
    assertEquals("src", row.get("source"));
    assertEquals("2", row.get("transaction_id"));
    assertEquals(2L, row.get("commit_lsn"));
    assertEquals(2_000L, row.get("committed_at"));
    assertTrue((long) row.get("applied_at") > 1_700_000_000_000_000L);
    try (Target target = open(Transactions.WHOLE)) {
      assertEquals(List.of(reached(2)), target.progress());
    }
  }

  @Test
  void staysWhereItIsWhileTheSourceSendsTransactionsAgain() throws IOException {
    root = temporary;
    try (Target target = open(Transactions.WHOLE)) {
      target.commit(next(target, 7));
      target.commit(next(target, 7));
      long versions = versions();
      target.commit(with(next(target, 7), reached(1)));
      assertEquals(versions, versions());
      assertEquals(List.of(reached(2)), target.progress());
      SourceProgress ofAnotherCluster = new SourceProgress("src", "9", 1, 9);
      target.commit(with(next(target, 7), ofAnotherCluster));
      assertEquals(List.of(ofAnotherCluster), target.progress());
    }
    assertEquals("9", progress().get(0).get("transaction_id"));
  }

  @Test
  void isNotWrittenWhereItTellsTheSameAlready() throws IOException {
    root = temporary;
    try (Target target = open(Transactions.WHOLE)) {
      target.commit(next(target, 7));
    }
    long versions = versions();
    try (Target target = open(Transactions.WHOLE)) {
      target.load(ALL);
    }
    assertEquals(versions, versions());
  }

  @Test
  void isNotToldWhileOneTableRefusesItsRows() {
    root = temporary;
    try (Target target = open(Transactions.WHOLE)) {
      Commit refused = next(target, Integer.MAX_VALUE);
      assertThrows(RecordException.class, () -> target.commit(refused));
      assertEquals(List.of(), target.progress());
      assertTrue(Files.notExists(root.resolve("_cdc_progress")));
      // What is left when the refused record was reported.
      target.commit(
          new Commit(
              refused.batches().subList(0, 1),
              refused.advances(),
              List.of(),
              refused.contributors(),
              refused.histories(),
              refused.progress()));
    }
    assertEquals("1", progress().get(0).get("transaction_id"));
    assertEquals(List.of(1), ids("shop/items"));
  }

  /** What a process leaves that dies, or fails, at any step of a commit. */
  private enum Afterwards {
    ANOTHER_TASK,
    THE_SAME_COMMIT_AGAIN
  }

  @ParameterizedTest
  @EnumSource
  void isNeverAheadOfATable(Afterwards afterwards) throws IOException {
    int failures = 0;
    for (boolean afterTheWork : List.of(false, true)) {
      for (int step = 0; failAt(step, afterTheWork, afterwards); step++) {
        failures++;
      }
    }
    // At least: three files of rows, and the commits of four tables.
    assertTrue(failures >= 14, failures + " steps");
  }

  /** Whether there was such a step. */
  private boolean failAt(int step, boolean afterTheWork, Afterwards afterwards) throws IOException {
    root = Files.createTempDirectory(temporary, "step");
    // The tables hold states of partitions by themselves, until transactions are applied as wholes.
    try (Target target = open(Transactions.PARTS)) {
      target.commit(with(next(target, 7)));
    }
    Target target = open(Transactions.WHOLE);
    boolean failed;
    try {
      target.commit(next(target, 7));
      Commit third = next(target, 7);
      store.failAt(step, afterTheWork);
      boolean thrown = false;
      try {
        target.commit(third);
      } catch (TargetException e) {
        thrown = true;
      }
      failed = store.heal();
      assertNotAhead();
      if (afterwards == Afterwards.THE_SAME_COMMIT_AGAIN) {
        target.commit(third);
      } else if (!thrown) {
        assertEquals("3", progress().get(0).get("transaction_id"));
      }
    } finally {
      target.close();
    }
    try (Target other = open(Transactions.WHOLE)) {
      Commit fourth = next(other, 7);
      // With the partitions the other task loads what was not shown.
      assertEquals(
          fourth.advances().get(0).next().nextOffset() - 1,
          Long.parseLong((String) progress().get(0).get("transaction_id")));
      other.commit(fourth);
      while (!other.progress().equals(List.of(reached(4)))) {
        other.commit(next(other, 7));
      }
    }
    assertNotAhead();
    assertEquals("4", progress().get(0).get("transaction_id"));
    assertEquals(List.of(1, 2, 3, 4), ids("shop/items"));
    assertEquals(List.of(1, 2, 3, 4), ids("shop/days"));
    return failed;
  }

  private void assertNotAhead() {
    int told = Integer.parseInt((String) progress().get(0).get("transaction_id"));
    List<Integer> wanted = IntStream.rangeClosed(1, told).boxed().toList();
    assertTrue(ids("shop/items").containsAll(wanted), "told " + told);
    assertTrue(ids("shop/days").containsAll(wanted), "told " + told);
  }

  /** The next transaction of all partitions, which have to be at the same one. */
  private static Commit next(Target target, int day) {
    Map<SourcePartition, LoadedPartition> loaded = target.load(ALL);
    long from = loaded.isEmpty() ? 0 : loaded.get(ENDS).state().nextOffset();
    int number = (int) from + 1;
    List<PartitionAdvance> advances = new ArrayList<>();
    for (SourcePartition each : List.of(Warehouse.P0, OF_DAYS, ENDS)) {
      Optional<PartitionState> state =
          Optional.ofNullable(loaded.get(each))
              .map(LoadedPartition::state)
              .filter(held -> held.nextOffset() > 0);
      assertEquals(from, state.map(PartitionState::nextOffset).orElse(0L), each.toString());
      advances.add(new PartitionAdvance(each, state, state(number)));
    }
    List<TableBatch> batches = new ArrayList<>();
    if (!isAhead(loaded, Warehouse.P0, Warehouse.ITEMS)) {
      batches.add(
          Batches.batch(Warehouse.ITEMS, Warehouse.ITEM)
              .upsert(number, number, "one", null, 1L)
              .build());
    }
    if (!isAhead(loaded, OF_DAYS, DAYS)) {
      batches.add(Batches.batch(DAYS, DAY).upsert(number, number, day).build());
    }
    return new Commit(
        batches,
        advances,
        List.of(),
        Map.of(Warehouse.ITEMS, Set.of(Warehouse.P0), DAYS, Set.of(OF_DAYS)),
        Histories.NONE,
        List.of(reached(number)));
  }

  private static boolean isAhead(
      Map<SourcePartition, LoadedPartition> loaded, SourcePartition partition, TableId table) {
    LoadedPartition held = loaded.get(partition);
    return held != null && held.tablesAhead().containsKey(table);
  }

  private static Commit with(Commit commit, SourceProgress... progress) {
    return new Commit(
        commit.batches(),
        commit.advances(),
        List.of(),
        commit.contributors(),
        commit.histories(),
        List.of(progress));
  }

  private static SourceProgress reached(int number) {
    return new SourceProgress("src", "" + number, number, number);
  }

  private static PartitionState state(int next) {
    return new PartitionState(
        next,
        new Position(0, next, next),
        PartitionState.NO_LSN,
        PartitionState.NO_LSN,
        next * 1_000L);
  }

  private Target open(Transactions transactions) {
    return DeltaFixture.open(
        store, root, Warehouse.append(), new TargetContext("sink", 0, 1, transactions), Map.of());
  }

  private List<Map<String, Object>> progress() {
    return new KernelReader(local).rows(root.resolve("_cdc_progress").toString());
  }

  private List<Integer> ids(String table) {
    return new KernelReader(local)
        .rows(root.resolve(table).toString()).stream()
            .map(row -> (Integer) row.get("id"))
            .sorted()
            .toList();
  }

  private long versions() throws IOException {
    try (Stream<Path> log = Files.list(root.resolve("_cdc_progress/_delta_log"))) {
      return log.filter(file -> file.toString().endsWith(".json")).count();
    }
  }
}
