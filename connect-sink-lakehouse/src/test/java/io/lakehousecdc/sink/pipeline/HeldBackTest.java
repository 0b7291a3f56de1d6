// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.OutOfOrderException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.ForwardingTarget;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tables under maintenance hold back their own records, and no others. */
@Timeout(60)
class HeldBackTest {
  private static final TableId BIG = new TableId("public", "big");
  private static final TableId SMALL = new TableId("public", "small");
  private static final TableId OTHER = new TableId("public", "other");
  private static final SourcePartition BIG_0 = new SourcePartition("shop.public.big", 0);
  private static final SourcePartition BIG_1 = new SourcePartition("shop.public.big", 1);
  private static final SourcePartition SMALL_0 = new SourcePartition("shop.public.small", 0);
  private static final SourcePartition OTHER_0 = new SourcePartition("shop.public.other", 0);

  private static final Duration INTERVAL = Duration.ofMillis(5);

  private final MemoryWarehouse warehouse = new MemoryWarehouse();
  private final Map<SourcePartition, Long> offsets = new HashMap<>();
  private final List<Commit> committed = Collections.synchronizedList(new ArrayList<>());
  private final Semaphore maintenance = new Semaphore(0);
  private final AtomicInteger maintained = new AtomicInteger();
  private final Maintained target = new Maintained();
  private final Pipeline pipeline =
      new Pipeline(
          "test-writer",
          target,
          TestOptions.options()
              .flushInterval(INTERVAL)
              .constraintWait(Duration.ofSeconds(20))
              .build(),
          new SinkMetrics(),
          new NoRejections());
  private long lsn = 100;

  @AfterEach
  void close() {
    pipeline.close();
  }

  /** A target that needs maintenance for every truncate, which takes until a test lets it end. */
  private final class Maintained extends ForwardingTarget {
    private volatile RuntimeException failure;

    Maintained() {
      super(new InMemoryTarget(warehouse, TableOptions.DEFAULT, new TargetContext("shop", 0)));
    }

    @Override
    public Set<TableId> needingMaintenance(Commit commit) {
      return commit.batches().stream()
          .filter(batch -> !batch.truncates().isEmpty())
          .map(batch -> batch.table())
          .collect(Collectors.toSet());
    }

    @Override
    public void maintain(Commit commit) {
      if (needingMaintenance(commit).isEmpty()) {
        return;
      }
      maintained.incrementAndGet();
      try {
        maintenance.acquire();
      } catch (InterruptedException e) {
        throw new RetriableException("cancelled", e);
      }
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public CommitReceipt commit(Commit commit) {
      CommitReceipt receipt = super.commit(commit);
      committed.add(commit);
      return receipt;
    }
  }

  @Test
  void otherTablesAreCommittedWhileOneIsMaintained() {
    open(BIG_0, SMALL_0);
    upsert(BIG_0, BIG, 1);
    upsert(SMALL_0, SMALL, 1);
    commitAll();
    truncate(BIG_0, BIG);
    upsert(BIG_0, BIG, 2);
    upsert(SMALL_0, SMALL, 2);
    cut();
    await(() -> ids(SMALL).equals(Set.of(1, 2)));
    upsert(SMALL_0, SMALL, 3);
    upsert(BIG_0, BIG, 3);
    cut();
    await(() -> ids(SMALL).equals(Set.of(1, 2, 3)));
    assertEquals(Set.of(1), ids(BIG));
    assertEquals(1, pipeline.reportableOffset(BIG_0, offsets.get(BIG_0)));
    assertEquals(3, pipeline.reportableOffset(SMALL_0, offsets.get(SMALL_0)));
    maintenance.release();
    commitAll();
    assertEquals(Set.of(2, 3), ids(BIG));
    assertEquals(4, pipeline.reportableOffset(BIG_0, offsets.get(BIG_0)));
    assertEquals(1, maintained.get());
  }

  @Test
  void onlyTheTopicsThatWaitArePaused() {
    open(BIG_0, BIG_1, SMALL_0);
    upsert(SMALL_0, SMALL, 1);
    assertEquals(Set.of(), pipeline.pausedTopics());
    truncate(BIG_0, BIG);
    cut();
    await(() -> maintained.get() == 1);
    assertEquals(Set.of("shop.public.big"), pipeline.pausedTopics());
    maintenance.release();
    commitAll();
    assertEquals(Set.of(), pipeline.pausedTopics());
  }

  @Test
  void otherPartitionsOfTheTopicWait() {
    open(BIG_0, BIG_1, SMALL_0);
    truncate(BIG_0, BIG);
    cut();
    await(() -> maintained.get() == 1);
    upsert(BIG_1, BIG, 5);
    upsert(SMALL_0, SMALL, 5);
    cut();
    await(() -> ids(SMALL).equals(Set.of(5)));
    assertEquals(Set.of(), ids(BIG));
    maintenance.release();
    commitAll();
    assertEquals(Set.of(5), ids(BIG));
  }

  @Test
  void topicThatWritesToTheTableTooWaits() {
    open(BIG_0, OTHER_0, SMALL_0);
    truncate(BIG_0, BIG);
    cut();
    await(() -> maintained.get() == 1);
    // One topic feeds two tables, of which one is under maintenance; so another topic waits, too.
    upsert(OTHER_0, BIG, 5);
    upsert(OTHER_0, OTHER, 5);
    upsert(SMALL_0, SMALL, 5);
    cut();
    await(() -> ids(SMALL).equals(Set.of(5)));
    assertEquals(Set.of(), ids(OTHER));
    maintenance.release();
    commitAll();
    assertEquals(Set.of(5), ids(OTHER));
    assertEquals(Set.of(5), ids(BIG));
  }

  @Test
  void truncatesThatComeMeanwhileAreMaintainedInTurn() {
    open(BIG_0, OTHER_0, SMALL_0);
    upsert(BIG_0, BIG, 1);
    upsert(OTHER_0, OTHER, 1);
    commitAll();
    truncate(BIG_0, BIG);
    cut();
    await(() -> maintained.get() == 1);
    truncate(OTHER_0, OTHER);
    upsert(OTHER_0, OTHER, 2);
    truncate(BIG_0, BIG);
    upsert(BIG_0, BIG, 3);
    upsert(SMALL_0, SMALL, 1);
    cut();
    await(() -> ids(SMALL).equals(Set.of(1)));
    maintenance.release();
    await(() -> maintained.get() == 2);
    assertEquals(Set.of(), ids(BIG));
    assertEquals(Set.of(1), ids(OTHER));
    maintenance.release(2);
    commitAll();
    assertEquals(Set.of(3), ids(BIG));
    assertEquals(Set.of(2), ids(OTHER));
  }

  @Test
  void partitionsChangeHandsWithoutWaitingForMaintenance() {
    open(BIG_0, SMALL_0);
    upsert(BIG_0, BIG, 1);
    commitAll();
    truncate(BIG_0, BIG);
    upsert(SMALL_0, SMALL, 1);
    cut();
    await(() -> maintained.get() == 1);
    // Had it waited, it would not have ended: nobody lets the maintenance end.
    assertEquals(Map.of(BIG_0, 1L), pipeline.close(Set.of(SMALL_0)));
    assertEquals(Set.of(1), ids(SMALL));
    assertEquals(Set.of(1), ids(BIG));
    offsets.put(BIG_0, 1L);
    truncate(BIG_0, BIG);
    maintenance.release();
    commitAll();
    assertEquals(Set.of(), ids(BIG));
  }

  @Test
  void maintenanceThatAnotherOwnerFencesHasEverythingReadAgain() {
    open(BIG_0, SMALL_0);
    truncate(BIG_0, BIG);
    cut();
    await(() -> maintained.get() == 1);
    target.failure = new FencedException("another owner");
    maintenance.release();
    FencedException fenced = assertThrows(FencedException.class, this::flushForever);
    target.failure = null;
    assertEquals(Map.of(BIG_0, 0L), pipeline.recover(fenced));
    offsets.clear();
    truncate(BIG_0, BIG);
    upsert(BIG_0, BIG, 7);
    maintenance.release();
    commitAll();
    assertEquals(Set.of(7), ids(BIG));
  }

  @Test
  void maintenanceIsTriedAgainAsACommitIs() {
    open(BIG_0);
    truncate(BIG_0, BIG);
    upsert(BIG_0, BIG, 7);
    target.failure = new RetriableException("connection lost", null);
    cut();
    maintenance.release();
    await(() -> maintained.get() == 2);
    target.failure = null;
    maintenance.release();
    commitAll();
    assertEquals(Set.of(7), ids(BIG));
  }

  @Test
  void maintenanceThatMakesProgressMayFailAgainAndAgain() {
    AtomicInteger attempts = new AtomicInteger();
    Committer committer =
        committer(
            new ForwardingTarget(target) {
              @Override
              public void maintain(Commit commit) {
                if (attempts.incrementAndGet() < 4) {
                  throw new RetriableException("server restarted", null).afterProgress();
                }
              }
            },
            TestOptions.options().retry(Duration.ofNanos(1)));
    committer.maintain(rejected(SMALL_0, new RecordOffset(SMALL_0, 0)));
    assertEquals(4, attempts.get());
  }

  @Test
  void historyThatBeganDuringMaintenanceIsNoReasonToBeginAgain() {
    open(BIG_0, SMALL_0);
    upsert(BIG_0, BIG, 1);
    upsert(SMALL_0, SMALL, 1);
    commitAll();
    truncate(BIG_0, BIG);
    upsert(BIG_0, BIG, 2);
    cut();
    await(() -> maintained.get() == 1);
    offer(SMALL_0, upsert(SMALL, 2, new SourcePosition(History.SOURCE, 5, 5, Snapshot.NO, 9_000)));
    cut();
    await(() -> ids(SMALL).equals(Set.of(1, 2)));
    assertEquals(2, target.histories().all().size());
    maintenance.release();
    commitAll();
    assertEquals(Set.of(2), ids(BIG));
    assertEquals(1, maintained.get());
  }

  @Test
  void deadLetterStaysWithTheOffsetOfTheRecordThatBroughtIt() {
    SealedBatch.Split split =
        rejected(SMALL_0, new RecordOffset(BIG_0, 7))
            .tryJoin(rejected(BIG_0, new RecordOffset(BIG_0, 8)))
            .orElseThrow()
            .split(Set.of(BIG_0.topic()));
    assertEquals(List.of(8L), offsetsOfLetters(split.chosen().orElseThrow()));
    assertEquals(List.of(7L), offsetsOfLetters(split.rest().orElseThrow()));
  }

  private static List<Long> offsetsOfLetters(SealedBatch batch) {
    return batch.commit().deadLetters().stream().map(each -> each.recordOffset().offset()).toList();
  }

  /** A batch of one record that is rejected, for what was wrong with another one perhaps. */
  private static SealedBatch rejected(SourcePartition from, RecordOffset wrong) {
    PartitionState next = new PartitionState(1, new Position(0, 1, 1), -1, -1, 0);
    PartitionAdvance advance = new PartitionAdvance(from, Optional.empty(), next);
    DeadLetter letter = new DeadLetter(wrong, null, null, null, "DecodeError", "unfit", 0, 0);
    return new SealedBatch(
        TableOptions.DEFAULT,
        new BatchContent(TableOptions.DEFAULT),
        List.of(new PartitionStep(advance, new ReportableOffset())),
        List.of(new SealedBatch.Letter(from, letter)),
        List.of(),
        0,
        Histories.NONE);
  }

  private static Committer committer(Target target, TestOptions options) {
    SinkMetrics metrics = new SinkMetrics();
    return new Committer(
        target,
        options.build(),
        metrics,
        new NoRejections(),
        new RejectedKeys(metrics),
        new SkipLog(metrics));
  }

  @Test
  void maintenanceThatFailsForGoodFailsTheTask() {
    open(BIG_0);
    truncate(BIG_0, BIG);
    target.failure = new FatalException("no permission");
    cut();
    maintenance.release();
    assertThrows(FatalException.class, this::flushForever);
  }

  @Test
  void batchThatWasMaintainedIsJoinedWithWhatResolvesItsConstraint() {
    open(BIG_0, SMALL_0);
    // Rows of the big table need one of the small table, which comes later.
    warehouse.beforeCommit(
        commit -> {
          boolean writes = commit.batches().stream().anyMatch(HeldBackTest::isChildWithRows);
          boolean hasParent =
              commit.batches().stream().anyMatch(batch -> batch.table().equals(SMALL));
          if (writes && !hasParent) {
            throw new OutOfOrderException("no parent");
          }
        });
    truncate(BIG_0, BIG);
    upsert(BIG_0, BIG, 1);
    cut();
    await(() -> maintained.get() == 1);
    maintenance.release();
    await(() -> pipeline.pausedTopics().isEmpty());
    upsert(SMALL_0, SMALL, 1);
    commitAll();
    assertEquals(Set.of(1), ids(BIG));
    assertEquals(Set.of(1), ids(SMALL));
  }

  @Test
  void batchThatNeedsWhatIsHeldBackIsJoinedWithIt() {
    open(BIG_0, SMALL_0);
    AtomicInteger refused = new AtomicInteger();
    warehouse.beforeCommit(
        commit -> {
          if (commit.batches().stream().noneMatch(batch -> batch.table().equals(BIG))) {
            refused.incrementAndGet();
            throw new OutOfOrderException("no parent");
          }
        });
    truncate(BIG_0, BIG);
    upsert(BIG_0, BIG, 1);
    cut();
    await(() -> maintained.get() == 1);
    upsert(SMALL_0, SMALL, 1);
    cut();
    await(() -> refused.get() > 0);
    maintenance.release();
    commitAll();
    assertEquals(Set.of(1), ids(BIG));
    assertEquals(Set.of(1), ids(SMALL));
  }

  @Test
  void constraintIsNotGivenUpWhileMaintenanceHoldsBackWhatMayResolveIt() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    Committer committer =
        committer(
            new ForwardingTarget(target) {
              @Override
              public CommitReceipt commit(Commit commit) {
                if (attempts.incrementAndGet() < 4) {
                  throw new OutOfOrderException("no parent");
                }
                return CommitReceipt.NOTHING;
              }
            },
            TestOptions.options().constraintWait(Duration.ofMillis(1)));
    committer.commit(
        rejected(SMALL_0, new RecordOffset(SMALL_0, 0)),
        new Committer.Following() {
          @Override
          public Optional<SealedBatch> join(SealedBatch batch, Duration patience)
              throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(patience.toNanos());
            return Optional.empty();
          }

          @Override
          public boolean waitForMaintenance() {
            return true;
          }
        });
    assertEquals(4, attempts.get());
  }

  private static boolean isChildWithRows(TableBatch batch) {
    return batch.table().equals(BIG) && !batch.changes().isEmpty();
  }

  private void open(SourcePartition... partitions) {
    assertEquals(Map.of(), pipeline.open(Set.of(partitions)));
  }

  private void upsert(SourcePartition from, TableId table, int id) {
    offer(from, upsert(table, id, position()));
  }

  private static RowEvent upsert(TableId table, int id, SourcePosition at) {
    RowSchema schema = new RowSchema(List.of(new Column("id", Primitive.INT32, false)), List.of(0));
    return new RowEvent(
        table, schema, Operation.UPDATE, RowKey.of(id), new Object[] {id}, null, at);
  }

  private void truncate(SourcePartition from, TableId table) {
    offer(from, new TruncateEvent(table, position()));
  }

  private void offer(SourcePartition from, ChangeEvent event) {
    long offset = offsets.merge(from, 1L, Long::sum) - 1;
    assertEquals(
        OfferResult.ACCEPTED,
        pipeline.offer(
            new OfferedRecord.Change(new RecordOffset(from, offset), event, 100, 0, null)));
  }

  private SourcePosition position() {
    lsn++;
    return new SourcePosition(History.SOURCE, lsn, lsn, Snapshot.NO, 1_000 + lsn);
  }

  /** Hands the batch over, and waits for nothing. */
  private void cut() {
    await(() -> pipeline.millisUntilDue() < INTERVAL.toMillis());
    await(
        () -> {
          pipeline.flushIfDue();
          return pipeline.millisUntilDue() == INTERVAL.toMillis();
        });
  }

  private void commitAll() {
    await(
        () -> {
          pipeline.flushIfDue();
          return offsets.entrySet().stream()
              .allMatch(
                  each ->
                      pipeline.reportableOffset(each.getKey(), each.getValue()) == each.getValue());
        });
  }

  private void flushForever() {
    while (true) {
      pipeline.flushIfDue();
      pipeline.awaitRoom();
    }
  }

  private Set<Object> ids(TableId table) {
    return warehouse.rows(table, MetadataColumns.DEFAULT).stream()
        .map(row -> row.get("id"))
        .collect(Collectors.toSet());
  }

  private static void await(BooleanSupplier condition) {
    Await.until("what the test waits for", condition::getAsBoolean);
  }
}
