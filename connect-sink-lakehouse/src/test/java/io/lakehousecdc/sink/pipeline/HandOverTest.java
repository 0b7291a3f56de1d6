// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
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
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What passes between the task thread and the writer thread, step by step. */
@Timeout(30)
class HandOverTest {
  private static final SourcePartition ITEMS = new SourcePartition("shop.public.item", 0);
  private static final SourcePartition OTHER = new SourcePartition("shop.public.item", 1);
  private static final TableId TABLE = new TableId("public", "item");
  private static final Duration HOUR = Duration.ofHours(1);

  private final MemoryWarehouse warehouse = new MemoryWarehouse();
  private final SinkMetrics metrics = new SinkMetrics();
  private Pipeline pipeline;

  @AfterEach
  void close() {
    pipeline.close();
  }

  @Test
  void offsetsOfATopicCreatedAnewAreReportedOnceTheyAreCommitted() {
    open(target(), options(100));
    accept(0, 10);
    accept(1, 20);
    accept(2, 30);
    commitAll();
    assertEquals(3, pipeline.reportableOffset(ITEMS, 3));
    for (int offset = 0; offset < 5; offset++) {
      accept(offset, 40 + offset);
      assertEquals(0, pipeline.reportableOffset(ITEMS, offset + 1));
    }
    commitAll();
    assertEquals(5, pipeline.reportableOffset(ITEMS, 5));
    assertEquals(8, rows());
  }

  @Test
  void changesOfATopicCreatedAnewWaitForThoseOfTheOldOne() {
    CountDownLatch released = blockCommits();
    open(target(), options(100));
    accept(0, 10);
    assertEquals(new OfferResult.Rewind(0), offer(0, 40));
    released.countDown();
    while (!offer(0, 40).equals(OfferResult.ACCEPTED)) {
      Thread.onSpinWait();
    }
    assertEquals(1, rows());
  }

  @Test
  void topicCreatedAnewIsReadFromItsStartAfterAFailure() {
    open(target(), options(100));
    accept(0, 10);
    accept(1, 20);
    commitAll();
    accept(0, 40);
    assertEquals(Map.of(ITEMS, 0L), pipeline.recover(new FencedException("another owner")));
  }

  @Test
  void commitThatIsStuckIsCancelledWhenItsRecordsAreReadAgain() {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    AtomicBoolean aborted = new AtomicBoolean();
    Target target =
        new ForwardingTarget(target()) {
          @Override
          public CommitReceipt commit(Commit commit) {
            if (ended.getCount() > 0) {
              stuck.countDown();
              awaitWhateverInterrupts(ended);
              throw new RetriableException("cancelled", null);
            }
            return super.commit(commit);
          }

          @Override
          public void cancel() {
            ended.countDown();
          }

          @Override
          public void abort() {
            aborted.set(true);
          }
        };
    open(target, options(1));
    accept(0, 10);
    awaitWhateverInterrupts(stuck);
    assertEquals(Map.of(ITEMS, 0L), pipeline.recover(new FencedException("another owner")));
    accept(0, 10);
    commitAll();
    assertEquals(1, rows());
    assertFalse(aborted.get(), "a commit that was cancelled is aborted too");
  }

  @Test
  void targetThatDoesNotAnswerToACancellationIsAborted() {
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch stuck = new CountDownLatch(1);
    Target target =
        new ForwardingTarget(target()) {
          @Override
          public CommitReceipt commit(Commit commit) {
            stuck.countDown();
            awaitWhateverInterrupts(ended);
            throw new RetriableException("connection lost", null);
          }

          @Override
          public void abort() {
            ended.countDown();
          }
        };
    open(target, options(1));
    accept(0, 10);
    awaitWhateverInterrupts(stuck);
    assertEquals(Map.of(ITEMS, 0L), pipeline.recover(new FencedException("another owner")));
    assertEquals(0, rows());
  }

  /** As a thread waits that reads from a socket. */
  private static void awaitWhateverInterrupts(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void zombieWithManyBatchesLeftIsOutlived() {
    open(target(), options(100));
    for (int batch = 0; batch < 20; batch++) {
      pipeline.recover(new FencedException("a zombie"));
    }
    accept(0, 10);
    commitAll();
    assertEquals(1, rows());
  }

  @Test
  void ownerThatKeepsCommittingFailsTheTaskInTime() {
    open(target(), options(100).retry(Duration.ZERO));
    for (int batch = 0; batch < 3; batch++) {
      pipeline.recover(new FencedException("another owner"));
    }
    FencedException fenced = new FencedException("another owner");
    assertThrows(FencedException.class, () -> pipeline.recover(fenced));
  }

  @Test
  void recordsBeforeTheFirstChangeDoNotHideThoseThatAreReadFromTheStart() {
    open(target(), options(100));
    accept(new OfferedRecord.Skipped(new RecordOffset(ITEMS, 5)));
    assertEquals(new OfferResult.Rewind(0), offer(6, 60));
    for (int offset = 0; offset < 3; offset++) {
      SourcePosition unknown =
          new SourcePosition(
              History.SOURCE, SourcePosition.NONE, SourcePosition.NONE, Snapshot.NO, 0);
      accept(change(offset, created(offset, Primitive.INT32, 7, unknown)));
    }
    assertEquals(0, pipeline.reportableOffset(ITEMS, 3));
    commitAll();
    assertEquals(3, rows());
  }

  @Test
  void askingForSweepsLeavesTheBatchAloneThatFillsMeanwhile() {
    List<Commit> commits = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch released = new CountDownLatch(1);
    warehouse.beforeCommit(
        commit -> {
          commits.add(commit);
          await(released);
        });
    open(target(), options(1).quiet(Duration.ZERO));
    accept(0, 10);
    while (commits.isEmpty()) {
      Thread.onSpinWait();
    }
    pipeline.flushIfDue();
    accept(1, 20);
    released.countDown();
    commitAll();
    assertEquals(2, commits.size());
    assertEquals(0, metrics.bufferedEvents());
    assertEquals(0, metrics.bufferedBytes());
  }

  @Test
  void targetThatCannotPrepareFailsTheTask() {
    CountDownLatch released = blockCommits();
    Target target =
        new ForwardingTarget(target()) {
          @Override
          public void prepare(Commit next) {
            if (Thread.currentThread().getName().equals("test-writer")) {
              throw new OutOfMemoryError("unable to create native thread");
            }
          }
        };
    open(target, options(1));
    accept(0, 10);
    accept(1, 20);
    accept(2, 30);
    released.countDown();
    FatalException failure = assertThrows(FatalException.class, this::flushForever);
    assertTrue(failure.getMessage().contains("native thread"), failure::getMessage);
  }

  @Test
  void nothingIsCommittedOnAStateThatCouldNotBeReadAgain() {
    AtomicBoolean readable = new AtomicBoolean(true);
    Target target =
        new ForwardingTarget(target()) {
          @Override
          public Map<SourcePartition, LoadedPartition> load(Set<SourcePartition> partitions) {
            if (!readable.get()) {
              throw new FatalException("permission denied");
            }
            return super.load(partitions);
          }
        };
    Target twin = target();
    AtomicBoolean once = new AtomicBoolean(true);
    warehouse.beforeCommit(
        commit -> {
          if (once.getAndSet(false)) {
            twin.commit(commit);
          }
        });
    open(target, options(2));
    accept(0, 10);
    accept(1, 20);
    accept(2, 30);
    FencedException fenced = assertThrows(FencedException.class, this::flushForever);
    readable.set(false);
    assertThrows(FatalException.class, () -> pipeline.recover(fenced));
    // The records that were buffered are gone: none after them may be committed.
    assertThrows(IllegalStateException.class, () -> accept(3, 40));
    pipeline.close(Set.of(ITEMS));
    assertEquals(2, rows());
  }

  @Test
  void batchThatWaitsForAnotherTaskIsNotTriedWithoutPause() {
    AtomicInteger attempts = new AtomicInteger();
    warehouse.beforeCommit(
        commit -> {
          attempts.incrementAndGet();
          throw new OutOfOrderException("no parent");
        });
    open(target(), options(1));
    accept(0, 10);
    // Of another type, so that the two cannot be one batch.
    accept(change(1, created(1, Primitive.TEXT, "seven", sourcePosition(20))));
    assertThrows(FatalException.class, this::flushForever);
    assertTrue(attempts.get() < 10, () -> attempts + " attempts");
  }

  @Test
  void rejectedRecordsCountAsBuffered() {
    open(target(), options(100));
    RecordOffset at = new RecordOffset(ITEMS, 0);
    String value = "x".repeat(10_000);
    DeadLetter letter = new DeadLetter(at, null, value, null, "E", "bad", 0, 0);
    accept(new OfferedRecord.Rejected(at, letter, null));
    assertTrue(metrics.bufferedBytes() > 20_000);
    commitAll();
    assertEquals(0, metrics.bufferedBytes());
  }

  @Test
  void stepsOfRecordsWithoutATableAreLeftOutOfABatchThatWaited() {
    open(target(), options(100));
    SealedBatch waited = sealed(ITEMS, List.of(new CompletableFuture<>()));
    SealedBatch passed = sealed(OTHER, List.of());
    assertEquals(waited.steps(), waited.tryJoin(passed).orElseThrow().steps());
    SealedBatch rejected = sealed(OTHER, List.of(new CompletableFuture<>()));
    assertEquals(2, waited.tryJoin(rejected).orElseThrow().steps().size());
  }

  private static SealedBatch sealed(SourcePartition partition, List<Future<?>> reports) {
    PartitionState next = new PartitionState(1, new Position(0, 1, 1), -1, -1, 0);
    PartitionAdvance advance = new PartitionAdvance(partition, Optional.empty(), next);
    return new SealedBatch(
        TableOptions.DEFAULT,
        new BatchContent(TableOptions.DEFAULT),
        List.of(new PartitionStep(advance, new ReportableOffset())),
        List.of(),
        reports,
        0,
        Histories.NONE);
  }

  private void open(Target target, TestOptions options) {
    pipeline = new Pipeline("test-writer", target, options.build(), metrics, new Reports());
    pipeline.open(Set.of(ITEMS));
  }

  private Target target() {
    return new InMemoryTarget(warehouse, tables(), new TargetContext("shop", 0, 2));
  }

  private static TableOptions tables() {
    TableOptions base = TableOptions.DEFAULT;
    return new TableOptions(
        base.writeMode(),
        base.deleteMode(),
        base.evolution(),
        base.metadata(),
        Optional.of("shop.letters"));
  }

  /** Batches that only their number of records closes. */
  private static TestOptions options(int flushRecords) {
    return TestOptions.options()
        .tables(tables())
        .flushInterval(HOUR)
        .flushRecords(flushRecords)
        .quiet(HOUR)
        .constraintWait(Duration.ofMillis(300))
        .callWait(Duration.ofMillis(1));
  }

  private CountDownLatch blockCommits() {
    CountDownLatch released = new CountDownLatch(1);
    warehouse.beforeCommit(commit -> await(released));
    return released;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept(long offset, long lsn) {
    assertEquals(OfferResult.ACCEPTED, offer(offset, lsn));
  }

  private void accept(OfferedRecord offered) {
    assertEquals(OfferResult.ACCEPTED, pipeline.offer(offered));
  }

  private OfferResult offer(long offset, long lsn) {
    return pipeline.offer(
        change(offset, created((int) lsn, Primitive.INT32, 7, sourcePosition(lsn))));
  }

  private static OfferedRecord change(long offset, RowEvent event) {
    return new OfferedRecord.Change(new RecordOffset(ITEMS, offset), event, 100, 0, null);
  }

  private static SourcePosition sourcePosition(long lsn) {
    return new SourcePosition(History.SOURCE, lsn, lsn, Snapshot.NO, 1_000 + lsn);
  }

  private static RowEvent created(
      int id, Primitive type, Object value, SourcePosition sourcePosition) {
    RowSchema schema =
        new RowSchema(
            List.of(new Column("id", Primitive.INT32, false), new Column("v", type, true)),
            List.of(0));
    return new RowEvent(
        TABLE,
        schema,
        Operation.CREATE,
        RowKey.of(id),
        new Object[] {id, value},
        null,
        sourcePosition);
  }

  /** Any change of the partitions commits what was begun. */
  private void commitAll() {
    assertEquals(Map.of(), pipeline.open(Set.of()));
  }

  private void flushForever() {
    while (true) {
      pipeline.flushIfDue();
      Thread.onSpinWait();
    }
  }

  private int rows() {
    return warehouse.rows(TABLE, MetadataColumns.DEFAULT).size();
  }

  private static final class Reports implements RejectionReporter {
    @Override
    public boolean wantsOriginal() {
      return false;
    }

    @Override
    public Future<?> report(Object original, DeadLetter letter) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public DeadLetter describe(
        Object original,
        io.lakehousecdc.sink.change.ChangeEvent event,
        RecordOffset at,
        Exception reason) {
      throw new AssertionError(reason);
    }
  }
}
