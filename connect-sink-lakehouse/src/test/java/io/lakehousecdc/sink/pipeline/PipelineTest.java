// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static io.lakehousecdc.sink.pipeline.TestOptions.options;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.OutOfOrderException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.ForwardingTarget;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineTest {
  private static final PipelineOptions DEFAULTS = TestOptions.options().build();

  private final MemoryWarehouse warehouse = new MemoryWarehouse();
  private final Map<SourcePartition, Long> group = new HashMap<>();

  @Test
  void rowsOfTheSourceArrive() {
    History history = new History(2);
    history.insert(1, "a", "x");
    history.insert(2, "b", "y");
    history.rename(1, "c");
    history.delete(2);
    run(history, DEFAULTS).close();
    history.assertStoredIn(warehouse);
  }

  @Test
  void redeliveredRecordsAreSkippedInALogToo() {
    History history = new History(1);
    history.insert(1, "a", "x");
    history.rename(1, "b");
    PipelineOptions append = append();
    run(history, append).close();
    group.clear();
    try (Consumer again = run(history, append)) {
      assertEquals(2, warehouse.rows(History.TABLE, MetadataColumns.DEFAULT).size());
      assertEquals(2, again.figure("DuplicatesTotal"));
    }
  }

  @Test
  void eventsThatTheSourceEmitsAgainAreLoggedOnce() {
    History history = new History(1);
    history.insert(1, "a", "x");
    history.rename(1, "b");
    history.delete(1);
    history.emitAgain(0, 3);
    run(history, append()).close();
    assertEquals(3, warehouse.rows(History.TABLE, MetadataColumns.DEFAULT).size());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void eventsEmittedAgainAfterARestartAreLoggedOnce(int again) {
    History history = new History(1);
    history.insert(1, "a", "x");
    history.rename(1, "b");
    history.changeKey(1, 2);
    PipelineOptions append = append();
    run(history, append).close();
    history.emitAgain(0, again);
    history.insert(3, "c", "z");
    run(history, append).close();
    assertEquals(5, warehouse.rows(History.TABLE, MetadataColumns.DEFAULT).size());
  }

  @Test
  void aTargetRestoredFromABackupIsReadUpToDate() {
    History history = new History(1);
    history.insert(1, "a", "x");
    run(history, DEFAULTS).close();
    history.insert(2, "b", "y");
    group.put(history.log.keySet().iterator().next(), 2L);
    history.insert(3, "c", "z");
    run(history, DEFAULTS).close();
    history.assertStoredIn(warehouse);
  }

  @Test
  void aTargetThatHoldsNothingIsFilledFromTheBeginning() {
    History history = new History(1);
    history.insert(1, "a", "x");
    history.insert(2, "b", "y");
    group.put(history.log.keySet().iterator().next(), 1L);
    run(history, DEFAULTS).close();
    history.assertStoredIn(warehouse);
  }

  @Test
  void aLostAcknowledgementAppliesNothingTwice() {
    AtomicInteger losses = new AtomicInteger(1);
    warehouse.afterCommit(
        commit -> {
          if (losses.getAndDecrement() > 0) {
            throw new RetriableException("acknowledgement lost");
          }
        });
    History history = new History(1);
    history.insert(1, "a", "x");
    try (Consumer consumer = run(history, append())) {
      assertEquals(1, consumer.figure("RetriesTotal"));
      assertEquals(1, warehouse.rows(History.TABLE, MetadataColumns.DEFAULT).size());
    }
  }

  /** Any attempt takes longer than the time for retries. */
  @Test
  void failureAfterProgressIsTheFirstOneAgain() {
    AtomicInteger left = new AtomicInteger(4);
    warehouse.beforeCommit(
        commit -> {
          if (left.getAndDecrement() > 0) {
            throw new RetriableException("connection lost").afterProgress();
          }
        });
    History history = new History(1);
    history.insert(1, "a", "x");
    try (Consumer consumer = run(history, options().retry(Duration.ofNanos(1)).build())) {
      assertEquals(4, consumer.figure("RetriesTotal"));
    }
    history.assertStoredIn(warehouse);
  }

  /** While the target is down, nobody can write what a constraint waits for. */
  @Test
  void constraintsAreWaitedForFromTheirFirstRefusalOn() {
    AtomicInteger attempts = new AtomicInteger();
    warehouse.beforeCommit(
        commit -> {
          int attempt = attempts.incrementAndGet();
          if (attempt == 1 || attempt == 3) {
            throw new RetriableException("connection lost");
          } else if (attempt < 5) {
            throw new OutOfOrderException("the parent is missing", null);
          }
        });
    History history = new History(1);
    history.insert(1, "a", "x");
    // The pauses between attempts are longer than that.
    run(history, options().constraintWait(Duration.ofMillis(20)).build()).close();
    assertEquals(5, attempts.get());
    history.assertStoredIn(warehouse);
  }

  @Test
  void anotherOwnersCommitIsNoticedAndReadAgain() {
    History history = new History(1);
    history.insert(1, "a", "x");
    Consumer first = run(history, DEFAULTS);
    history.insert(2, "b", "y");
    run(history, DEFAULTS).close();
    history.insert(3, "c", "z");
    first.drain();
    assertTrue(first.figure("FencedTotal") > 0);
    history.assertStoredIn(warehouse);
    first.close();
  }

  @Test
  void aRefusedRecordIsReportedAndTheOthersAreApplied() {
    refused = "bad";
    History history = new History(1);
    history.insert(1, "good", "x");
    history.insert(2, "bad", "y");
    history.insert(3, "good", "z");
    Consumer consumer = drained(consumer(history, DEFAULTS).expectingRejections(letter -> true));
    consumer.close();
    assertEquals(List.of(1L), offsets(consumer));
    assertEquals(0, consumer.figure("BufferedEvents"));
    history.rows.remove(2);
    history.assertStoredIn(warehouse);
  }

  @Test
  void anEarlierChangeOfARefusedRowsKeyIsApplied() {
    refused = "bad";
    History history = new History(1);
    history.insert(1, "good", "x");
    history.rename(1, "bad");
    history.rename(1, "better");
    history.insert(2, "good", "y");
    history.rename(2, "bad");
    try (Consumer consumer =
        drained(consumer(history, DEFAULTS).expectingRejections(letter -> true))) {
      assertEquals(List.of(4L), offsets(consumer));
      history.rows.get(2)[1] = "good";
      history.assertStoredIn(warehouse);
    }
  }

  @Test
  void aConstraintWaitsForTheChangeThatResolvesIt() {
    warehouse.beforeCommit(
        commit -> {
          if (names(commit).contains("child") && !names(commit).contains("parent")) {
            throw new OutOfOrderException("no parent");
          }
        });
    History history = new History(1);
    history.insert(1, "child", "x");
    Consumer consumer = new Consumer(history.log, group, target(), DEFAULTS);
    consumer.poll(1);
    history.insert(2, "parent", "y");
    consumer.drain();
    history.assertStoredIn(warehouse);
    consumer.close();
  }

  @Test
  void aFatalFailureStopsTheTask() {
    warehouse.beforeCommit(
        commit -> {
          throw new FatalException("no space for tables");
        });
    History history = new History(1);
    history.insert(1, "a", "x");
    FatalException failure = assertThrows(FatalException.class, () -> run(history, DEFAULTS));
    assertEquals("no space for tables", failure.getMessage());
  }

  @Test
  void anEventThatNeedsABatchOfItsOwnIsNotCommittedWithTheOneBefore() {
    RowSchema number = schema(Primitive.INT32);
    RowSchema text = schema(Primitive.TEXT);
    SourcePartition partition = new SourcePartition("shop.public.item", 0);
    Map<SourcePartition, List<ChangeEvent>> log =
        Map.of(partition, List.of(created(1, number, 7, 10), created(2, text, "seven", 20)));
    warehouse.afterCommit(
        commit -> {
          throw new FatalException("the process dies right after its first commit");
        });
    assertThrows(
        FatalException.class,
        () -> {
          try (Consumer consumer = new Consumer(log, group, target(), DEFAULTS)) {
            consumer.drain();
          }
        });
    warehouse.afterCommit(commit -> {});
    List<Commit> commits = new ArrayList<>();
    warehouse.beforeCommit(commits::add);
    Consumer again = new Consumer(log, group, target(), DEFAULTS);
    assertThrows(FatalException.class, again::drain);
    again.close();
    assertEquals(text, commits.get(0).batches().get(0).schema());
  }

  @Test
  void rowsThatASnapshotLacksAreSwept() {
    History history = new History(2);
    for (int id = 1; id <= 6; id++) {
      history.insert(id, "n", "b");
    }
    PipelineOptions sweeping = TestOptions.options().sweep(Sweep.Mode.REMOVE).build();
    run(history, sweeping).close();
    history.rows.remove(3);
    history.rows.remove(4);
    history.snapshot();
    history.rename(1, "after");
    history.rename(2, "after");
    run(history, sweeping).close();
    history.assertStoredIn(warehouse);
  }

  @Test
  void rowsThatASnapshotLacksAreOnlyReportedByDefault() {
    History history = new History(1);
    history.insert(1, "n", "b");
    history.insert(2, "n", "b");
    run(history, DEFAULTS).close();
    Object[] orphaned = history.rows.remove(1);
    history.snapshot();
    try (Consumer consumer = run(history, DEFAULTS)) {
      assertEquals(1, consumer.figure("OrphanedRowsTotal"));
    }
    history.rows.put(1, orphaned);
    history.assertStoredIn(warehouse);
  }

  @Test
  void rowsWrittenAfterATruncateStayWhateverTheOrderOfPartitions() {
    History history = new History(3);
    for (int id = 1; id <= 9; id++) {
      history.insert(id, "before", "b");
    }
    history.truncate(0);
    for (int id = 4; id <= 7; id++) {
      history.insert(id, "after", "b");
    }
    run(history, DEFAULTS).close();
    history.assertStoredIn(warehouse);
  }

  @Test
  void aSourceOnAnotherClusterWithLowerLsnsLosesNothing() {
    History history = new History(1);
    history.insert(1, "a", "x");
    history.insert(2, "b", "y");
    run(history, DEFAULTS).close();
    history.switchCluster();
    history.rename(1, "c");
    history.delete(2);
    history.insert(3, "d", "z");
    try (Consumer consumer = run(history, DEFAULTS)) {
      assertEquals(1, consumer.figure("EpochsTotal"));
    }
    history.assertStoredIn(warehouse);
  }

  private String refused = "";

  private Target target() {
    TableOptions options = mode;
    InMemoryTarget target = new InMemoryTarget(warehouse, options, new TargetContext("shop", 0));
    return refused.isEmpty() ? target : new PickyTarget(target, refused);
  }

  private TableOptions mode = TableOptions.DEFAULT;

  private PipelineOptions append() {
    mode =
        new TableOptions(
            WriteMode.APPEND,
            DeleteMode.HARD,
            Evolution.ADDITIVE,
            MetadataColumns.DEFAULT,
            Optional.empty());
    return TestOptions.options().tables(mode).build();
  }

  private Consumer run(History history, PipelineOptions options) {
    return drained(consumer(history, options));
  }

  private Consumer consumer(History history, PipelineOptions options) {
    return new Consumer(history.log, group, target(), options);
  }

  private static Consumer drained(Consumer consumer) {
    try {
      consumer.drain();
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
    return consumer;
  }

  private static List<Long> offsets(Consumer consumer) {
    return consumer.reported.stream().map(letter -> letter.recordOffset().offset()).toList();
  }

  private static RowSchema schema(Primitive type) {
    return new RowSchema(
        List.of(new Column("id", Primitive.INT32, false), new Column("v", type, true)), List.of(0));
  }

  private static ChangeEvent created(int id, RowSchema schema, Object value, long lsn) {
    SourcePosition sourcePosition = new SourcePosition(History.SOURCE, lsn, lsn, Snapshot.NO, lsn);
    return new RowEvent(
        History.TABLE,
        schema,
        Operation.CREATE,
        RowKey.of(id),
        new Object[] {id, value},
        null,
        sourcePosition);
  }

  private static List<Object> names(Commit commit) {
    List<Object> names = new ArrayList<>();
    commit
        .batches()
        .forEach(batch -> batch.changes().forEach(change -> names.add(change.cells()[1])));
    return names;
  }

  /** Refuses rows of one name without saying which they are. */
  private static final class PickyTarget extends ForwardingTarget {
    private final String refused;

    PickyTarget(Target target, String refused) {
      super(target);
      this.refused = refused;
    }

    @Override
    public CommitReceipt commit(Commit commit) {
      rehearse(commit);
      return super.commit(commit);
    }

    @Override
    public void rehearse(Commit commit) {
      if (names(commit).contains(refused)) {
        throw new RecordException("value does not fit", null);
      }
      super.rehearse(commit);
    }
  }
}
