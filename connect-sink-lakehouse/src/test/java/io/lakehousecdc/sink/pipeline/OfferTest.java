// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.pipeline.OfferResult.Rewind;
import io.lakehousecdc.sink.pipeline.OfferedRecord.Rejected;
import io.lakehousecdc.sink.pipeline.OfferedRecord.Skipped;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TargetContext;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a pipeline answers to a record: that it was taken in, or where to read instead. */
@Timeout(30)
class OfferTest {
  private static final SourcePartition ITEMS = new SourcePartition("shop.public.item", 0);

  private final MemoryWarehouse warehouse = new MemoryWarehouse();
  private Pipeline pipeline;

  @BeforeEach
  void open() {
    Duration never = Duration.ofHours(1);
    PipelineOptions options =
        TestOptions.options().flushInterval(never).callWait(Duration.ofMillis(1)).build();
    pipeline =
        new Pipeline(
            "test-writer",
            new InMemoryTarget(warehouse, TableOptions.DEFAULT, new TargetContext("shop", 0)),
            options,
            new SinkMetrics(),
            new NoRejections());
    pipeline.open(Set.of(ITEMS));
  }

  @AfterEach
  void close() {
    pipeline.close();
  }

  @Test
  void recordBeyondWhatTheTargetHoldsIsReadFromThereOnce() {
    twoRowsAreStored();
    assertEquals(new Rewind(2), pipeline.offer(ItemChanges.created(ITEMS, 5, 5, 50)));
    // The records between are gone from the topic.
    assertAccepted(ItemChanges.created(ITEMS, 5, 5, 50));
  }

  @Test
  void recordThatIsSkippedTellsOfAGapToo() {
    twoRowsAreStored();
    assertEquals(new Rewind(2), pipeline.offer(new Skipped(new RecordOffset(ITEMS, 5))));
  }

  @Test
  void gapThatTheConsumersPositionHasShownIsNotAskedForAgain() {
    twoRowsAreStored();
    assertEquals(OptionalLong.of(2), pipeline.rewindFrom(ITEMS, 5));
    assertEquals(OptionalLong.empty(), pipeline.rewindFrom(ITEMS, 5));
    assertAccepted(ItemChanges.created(ITEMS, 5, 5, 50));
  }

  @Test
  void firstChangeOfAPartitionThatTheTargetDoesNotKnowIsReadFromTheBeginningOnce() {
    assertAccepted(new Skipped(new RecordOffset(ITEMS, 5)));
    assertEquals(new Rewind(0), pipeline.offer(ItemChanges.created(ITEMS, 6, 6, 60)));
    assertAccepted(ItemChanges.created(ITEMS, 0, 0, 10));
    assertAccepted(ItemChanges.created(ITEMS, 6, 6, 60));
    commitAll();
    assertEquals(2, rows());
  }

  @Test
  void rejectedRecordOfAPartitionThatTheTargetDoesNotKnowIsReadFromTheBeginning() {
    RecordOffset at = new RecordOffset(ITEMS, 5);
    DeadLetter letter = new DeadLetter(at, null, null, null, "E", "bad", 0, 0);
    assertEquals(new Rewind(0), pipeline.offer(new Rejected(at, letter, null)));
  }

  @Test
  void firstRecordOfATopicCreatedAnewWaitsForTheOldTopicsChanges() {
    CountDownLatch released = new CountDownLatch(1);
    warehouse.beforeCommit(commit -> await(released));
    assertAccepted(ItemChanges.created(ITEMS, 0, 0, 10));
    assertAccepted(ItemChanges.created(ITEMS, 1, 1, 20));
    OfferedRecord first = ItemChanges.created(ITEMS, 0, 2, 30);
    assertEquals(new Rewind(0), pipeline.offer(first));
    assertEquals(new Rewind(0), pipeline.offer(first));
    released.countDown();
    while (!pipeline.offer(first).equals(OfferResult.ACCEPTED)) {
      Thread.onSpinWait();
    }
    assertEquals(2, rows());
    commitAll();
    assertEquals(3, rows());
  }

  @Test
  void recordThatIsDeliveredAgainIsAccepted() {
    assertAccepted(ItemChanges.created(ITEMS, 0, 0, 10));
    assertAccepted(ItemChanges.created(ITEMS, 0, 0, 10));
  }

  @Test
  void recordOfAPartitionThatIsNotAssignedIsRefused() {
    pipeline.close(Set.of(ITEMS));
    assertThrows(
        IllegalStateException.class, () -> pipeline.offer(new Skipped(new RecordOffset(ITEMS, 0))));
  }

  private void twoRowsAreStored() {
    assertAccepted(ItemChanges.created(ITEMS, 0, 0, 10));
    assertAccepted(ItemChanges.created(ITEMS, 1, 1, 20));
    commitAll();
    pipeline.close();
    open();
  }

  private void assertAccepted(OfferedRecord offered) {
    assertEquals(OfferResult.ACCEPTED, pipeline.offer(offered));
  }

  /** Any change of the partitions commits what was begun. */
  private void commitAll() {
    assertEquals(Map.of(), pipeline.open(Set.of()));
  }

  private int rows() {
    return warehouse.rows(History.TABLE, MetadataColumns.DEFAULT).size();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
