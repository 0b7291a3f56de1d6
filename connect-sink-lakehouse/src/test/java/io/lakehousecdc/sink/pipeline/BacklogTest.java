// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.spi.BacklogBatches;
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
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pipeline whose time stands still unless a test moves it. */
@Timeout(30)
class BacklogTest {
  private static final SourcePartition PARTITION = new SourcePartition("shop.public.item", 0);
  private static final int MAX_RECORDS = 100;
  private static final int WANTED = 1000;
  private static final int EVENT_BYTES = 100;
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final AtomicLong clock = new AtomicLong(42);
  private final List<Integer> committed = new CopyOnWriteArrayList<>();
  private final AtomicLong memory = new AtomicLong(16 << 20);
  private final AtomicLong wanted = new AtomicLong(WANTED);
  private final Pipeline pipeline = pipeline();
  private int offset;

  /** A target that wants large batches. */
  private final class Files extends ForwardingTarget {
    Files() {
      super(
          new InMemoryTarget(
              new MemoryWarehouse(), TableOptions.DEFAULT, new TargetContext("shop", 0)));
    }

    @Override
    public CommitReceipt commit(Commit commit) {
      committed.add(commit.batches().stream().mapToInt(batch -> batch.changes().size()).sum());
      return super.commit(commit);
    }

    @Override
    public BacklogBatches backlogBatches() {
      return new BacklogBatches() {
        @Override
        public long changes(TableId table) {
          return table.equals(History.TABLE) ? wanted.get() : 0;
        }

        @Override
        public long memoryBytes() {
          return memory.get();
        }
      };
    }
  }

  private Pipeline pipeline() {
    Pipeline made =
        new Pipeline(
            "test-writer",
            new Files(),
            TestOptions.options().flushInterval(INTERVAL).flushRecords(MAX_RECORDS).build(),
            new SinkMetrics(),
            new NoRejections(),
            clock::get);
    made.open(Set.of(PARTITION));
    return made;
  }

  @AfterEach
  void close() {
    pipeline.close();
  }

  @Test
  void batchOfASnapshotGrowsToTheSizeThatTheTargetWants() {
    for (int each = 0; each < 30; each++) {
      poll(MAX_RECORDS / 2, this::snapshotRow);
    }
    awaitCommitted(WANTED);
    assertCommittedInTheEnd(WANTED, 30 * MAX_RECORDS / 2 - WANTED);
  }

  @Test
  void batchOfLateChangesGrowsToo() {
    poll(WANTED + 1, () -> changeOfAge(INTERVAL.plusSeconds(1)));
    awaitCommitted(WANTED);
  }

  @Test
  void freshChangesAreCommittedAsUsual() {
    poll(MAX_RECORDS + 1, () -> changeOfAge(Duration.ZERO));
    awaitCommitted(MAX_RECORDS);
  }

  /** Whoever waits for it should not wait for a backlog. */
  @Test
  void firstFreshChangeEndsTheGrowth() {
    poll(3 * MAX_RECORDS, this::snapshotRow);
    poll(1, () -> changeOfAge(Duration.ZERO));
    awaitCommitted(3 * MAX_RECORDS + 1);
  }

  @Test
  void changesThatDoNotTellTheirTimeAreCommittedAsUsual() {
    poll(MAX_RECORDS + 1, () -> event(Snapshot.NO, 0));
    awaitCommitted(MAX_RECORDS);
  }

  @Test
  void batchIsCommittedWhenNothingMoreIsAtHand() {
    poll(3 * MAX_RECORDS, this::snapshotRow);
    poll(0, this::snapshotRow);
    pass(Backlog.QUIET.minusMillis(1));
    poll(0, this::snapshotRow);
    assertEquals(List.of(), committed);
    pass(Duration.ofMillis(1));
    poll(0, this::snapshotRow);
    awaitCommitted(3 * MAX_RECORDS);
  }

  /** A poll may come back empty because the next fetch is under way. */
  @Test
  void emptyPollInBetweenDoesNotEndTheGrowth() {
    poll(3 * MAX_RECORDS, this::snapshotRow);
    poll(0, this::snapshotRow);
    pass(Backlog.QUIET.minusMillis(1));
    poll(1, this::snapshotRow);
    pass(Backlog.QUIET);
    poll(1, this::snapshotRow);
    assertEquals(List.of(), committed);
    assertEquals(Backlog.QUIET.toMillis(), pipeline.millisUntilDue());
  }

  @Test
  void batchIsCommittedAfterFourIntervals() {
    poll(3 * MAX_RECORDS, this::snapshotRow);
    pass(INTERVAL.multipliedBy(Backlog.MOST_INTERVALS).minusMillis(1));
    poll(1, this::snapshotRow);
    assertEquals(List.of(), committed);
    pass(Duration.ofMillis(1));
    poll(1, this::snapshotRow);
    awaitCommitted(3 * MAX_RECORDS + 2);
  }

  /** A source that is late and slow is no backlog. */
  @Test
  void fewLateChangesAreCommittedAfterTheInterval() {
    poll(MAX_RECORDS / 10 - 1, this::snapshotRow);
    pass(INTERVAL);
    poll(0, this::snapshotRow);
    awaitCommitted(MAX_RECORDS / 10 - 1);
  }

  @Test
  void batchTakesThreeQuartersOfTheMemoryAtMost() {
    memory.set(400 * EVENT_BYTES);
    poll(3 * MAX_RECORDS + 1, this::snapshotRow);
    awaitCommitted(3 * MAX_RECORDS);
  }

  @Test
  void batchIsOfUsualSizeWhereNoMemoryIsSetAside() {
    memory.set(0);
    poll(MAX_RECORDS + 1, this::snapshotRow);
    awaitCommitted(MAX_RECORDS);
  }

  @Test
  void batchIsOfUsualSizeWhereTheTargetDoesNotKnowBetter() {
    wanted.set(0);
    poll(MAX_RECORDS + 1, this::snapshotRow);
    awaitCommitted(MAX_RECORDS);
  }

  @Test
  void readingGoesOnPastTheUsualBuffer() {
    memory.set(40L << 20);
    pipeline.polled(1);
    offer(snapshotRow(), 17 << 20);
    assertFalse(pipeline.flushIfDue());
    assertEquals(List.of(), committed);
  }

  private RowEvent snapshotRow() {
    return event(Snapshot.INITIAL, System.currentTimeMillis() * 1000);
  }

  private RowEvent changeOfAge(Duration age) {
    return event(Snapshot.NO, (System.currentTimeMillis() - age.toMillis()) * 1000);
  }

  private RowEvent event(Snapshot snapshot, long commitMicros) {
    return new RowEvent(
        History.TABLE,
        History.SCHEMA,
        snapshot == Snapshot.NO ? Operation.CREATE : Operation.READ,
        RowKey.of(offset),
        new Object[] {offset, "name", "body"},
        null,
        snapshot == Snapshot.NO
            ? new SourcePosition(History.SOURCE, offset, offset + 1, snapshot, commitMicros)
            : new SourcePosition(History.SOURCE, SourcePosition.NONE, 1, snapshot, commitMicros));
  }

  private interface Events {
    RowEvent next();
  }

  /** A poll of so many records. */
  private void poll(int records, Events events) {
    pipeline.polled(records);
    for (int each = 0; each < records; each++) {
      offer(events.next(), EVENT_BYTES);
    }
    pipeline.flushIfDue();
  }

  private void offer(RowEvent event, int bytes) {
    pipeline.offer(
        new OfferedRecord.Change(new RecordOffset(PARTITION, offset), event, bytes, 0, null));
    offset++;
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  private void awaitCommitted(int size) {
    Await.until("committed " + size, PATIENCE, () -> !committed.isEmpty());
    assertEquals(size, committed.get(0));
  }

  private void assertCommittedInTheEnd(Integer... sizes) {
    assertEquals(Map.of(), pipeline.close(Set.of()));
    assertEquals(List.of(sizes), committed);
  }
}
