// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.ForwardingTarget;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pipeline whose time stands still unless a test or a commit moves it. */
@Timeout(30)
class FlushWhenIdleTest {
  private static final SourcePartition PARTITION = new SourcePartition("shop.public.item", 0);
  private static final int MAX_RECORDS = 1000;

  /** As long as the time stands still, only an idle flush, or a full batch, is committed. */
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final AtomicLong clock = new AtomicLong(42);
  private final List<Integer> committed = new CopyOnWriteArrayList<>();
  private final Semaphore begun = new Semaphore(0);
  private final Semaphore commits = new Semaphore(0);
  private volatile Duration commitTime = Duration.ofSeconds(1);
  private volatile Set<TableId> needingMaintenance = Set.of();
  private final Semaphore maintenance = new Semaphore(0);
  private Pipeline pipeline = pipeline(TestOptions.options().flushWhenIdle());
  private int offset;

  /** A target in whose commits the time passes. */
  private final class Timed extends ForwardingTarget {
    Timed() {
      super(
          new InMemoryTarget(
              new MemoryWarehouse(), TableOptions.DEFAULT, new TargetContext("shop", 0)));
    }

    @Override
    public CommitReceipt commit(Commit commit) {
      begun.release();
      commits.acquireUninterruptibly();
      clock.addAndGet(commitTime.toNanos());
      CommitReceipt receipt = super.commit(commit);
      committed.add(commit.batches().stream().mapToInt(batch -> batch.changes().size()).sum());
      return receipt;
    }

    @Override
    public Set<TableId> needingMaintenance(Commit commit) {
      return needingMaintenance;
    }

    @Override
    public void maintain(Commit commit) {
      maintenance.acquireUninterruptibly();
      needingMaintenance = Set.of();
    }
  }

  private Pipeline pipeline(TestOptions options) {
    Pipeline made =
        new Pipeline(
            "test-writer",
            new Timed(),
            options.flushInterval(INTERVAL).flushRecords(MAX_RECORDS).build(),
            new SinkMetrics(),
            new NoRejections(),
            clock::get);
    made.open(Set.of(PARTITION));
    return made;
  }

  /** A writer that has just begun rests first, as after a commit. */
  @BeforeEach
  void rest() {
    pass(INTERVAL);
  }

  @AfterEach
  void close() {
    commits.release(1000);
    maintenance.release(1000);
    pipeline.close();
  }

  @Test
  void changeIsCommittedOnceNoMoreAreAtHand() {
    commits.release(1);
    poll(1);
    assertEquals(1, pipeline.millisUntilDue());
    poll(0);
    awaitCommitted(1);
  }

  @Test
  void nextChangeWaitsForFourTimesAsLongAsTheCommitTook() {
    commits.release(2);
    poll(1);
    poll(0);
    awaitCommitted(1);
    poll(2);
    poll(0);
    assertEquals(4000, pipeline.millisUntilDue());
    pass(Duration.ofMillis(3999));
    poll(0);
    assertEquals(1, pipeline.millisUntilDue());
    pass(Duration.ofMillis(1));
    poll(0);
    awaitCommitted(1, 2);
  }

  @Test
  void nextChangeWaitsForALittleAfterAQuickCommit() {
    commitTime = Duration.ofMillis(10);
    commits.release(2);
    poll(1);
    poll(0);
    awaitCommitted(1);
    poll(2);
    poll(0);
    assertEquals(140, pipeline.millisUntilDue());
    pass(Duration.ofMillis(140));
    poll(0);
    awaitCommitted(1, 2);
  }

  @Test
  void changesThatArriveDuringACommitAreCommittedTogether() {
    poll(1);
    poll(0);
    begun.acquireUninterruptibly();
    pass(Duration.ofMillis(900));
    poll(1);
    poll(0);
    assertEquals(3600, pipeline.millisUntilDue());
    poll(1);
    poll(0);
    commits.release(2);
    assertEquals(Map.of(), pipeline.close(Set.of()));
    assertEquals(List.of(1, 2), committed);
  }

  @Test
  void slowCommitsDoNotDelayBeyondTheInterval() {
    commitTime = Duration.ofMinutes(1);
    commits.release(2);
    poll(1);
    poll(0);
    awaitCommitted(1);
    poll(1);
    poll(0);
    assertEquals(INTERVAL.toMillis(), pipeline.millisUntilDue());
    pass(INTERVAL);
    poll(0);
    awaitCommitted(1, 1);
  }

  @Test
  void batchesOfABacklogAreFull() {
    commits.release(10);
    for (int each = 0; each < 4; each++) {
      poll(MAX_RECORDS / 2);
      pass(Duration.ofSeconds(1));
    }
    awaitCommitted(MAX_RECORDS, MAX_RECORDS);
  }

  /** Halves of a changed key belong together. */
  @Test
  void batchThatEndsWithADeleteWaits() {
    commits.release(1);
    offer(ItemChanges.deleted(7, 10));
    pipeline.polled(1);
    pipeline.flushIfDue();
    pass(Duration.ofSeconds(1));
    poll(0);
    assertEquals(INTERVAL.toMillis() - 1000, pipeline.millisUntilDue());
    poll(1);
    poll(0);
    awaitCommitted(2);
  }

  @Test
  void nothingIsPiledUpBehindMaintenance() {
    commits.release(3);
    needingMaintenance = Set.of(History.TABLE);
    poll(1);
    poll(0);
    Await.until("the batch is held back", PATIENCE, () -> !pipeline.pausedTopics().isEmpty());
    for (int each = 0; each < 3; each++) {
      pass(Duration.ofSeconds(1));
      poll(1);
      poll(0);
    }
    assertEquals(INTERVAL.toMillis() - 2000, pipeline.millisUntilDue());
    maintenance.release();
    Await.until("the first batch is committed", PATIENCE, () -> !committed.isEmpty());
    assertEquals(Map.of(), pipeline.close(Set.of()));
    assertEquals(List.of(1, 3), committed);
  }

  @Test
  void nothingIsCommittedBeforeTheIntervalWhereItIsOff() {
    pipeline.close();
    pipeline = pipeline(TestOptions.options());
    commits.release(1);
    poll(1);
    pass(INTERVAL.minusMillis(1));
    poll(0);
    assertEquals(1, pipeline.millisUntilDue());
    poll(1);
    pass(Duration.ofMillis(1));
    poll(0);
    awaitCommitted(2);
  }

  /** A poll of so many records, each the creation of another row. */
  private void poll(int records) {
    pipeline.polled(records);
    for (int each = 0; each < records; each++) {
      offer(ItemChanges.created(offset, 100 + offset));
    }
    pipeline.flushIfDue();
  }

  private void offer(ChangeEvent event) {
    pipeline.offer(
        new OfferedRecord.Change(new RecordOffset(PARTITION, offset), event, 100, 0, null));
    offset++;
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  private void awaitCommitted(Integer... sizes) {
    Await.until("committed " + List.of(sizes), PATIENCE, () -> committed.size() >= sizes.length);
    // Returns when the writer has noted the end of its work.
    assertEquals(Map.of(), pipeline.close(Set.of()));
    assertEquals(List.of(sizes), committed);
  }
}
