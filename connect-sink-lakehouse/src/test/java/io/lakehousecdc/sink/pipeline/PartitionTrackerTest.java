// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.EpochPolicy;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.HistoryBook;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.StreamState;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.pipeline.FilterDecision.Verdict;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PartitionState.Fingerprint;
import io.lakehousecdc.sink.spi.PartitionState.ReplayState;
import io.lakehousecdc.sink.spi.PartitionState.SourceState;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PartitionTrackerTest {
  private static final SourcePartition ITEMS = new SourcePartition("shop.public.item", 0);
  private static final PartitionState STORED =
      new PartitionState(
          4,
          List.of(
              new SourceState(
                  History.SOURCE,
                  new StreamState(new Position(0, 30, 31), -1, -1, 1_030),
                  new ReplayState(3, 1, -1, new Fingerprint(7, 8), 9))),
          new Fingerprint(5, 6),
          List.of());
  private static final Histories HISTORIES =
      Histories.of(List.of(new io.lakehousecdc.order.History(0, History.SOURCE, 1_000)), Map.of());

  private final SinkMetrics metrics = new SinkMetrics();
  private final HistoryBook book = new HistoryBook(EpochPolicy.AUTOMATIC);

  @Test
  void droppingATrackerForgetsEverythingOfItsPartition() {
    Target target =
        new InMemoryTarget(
            new MemoryWarehouse(), TableOptions.DEFAULT, new TargetContext("shop", 0));
    target.commit(
        new Commit(
            List.<TableBatch>of(),
            List.of(new PartitionAdvance(ITEMS, Optional.empty(), STORED)),
            List.of(),
            Map.of(),
            HISTORIES));
    AssignedPartitions assigned =
        new AssignedPartitions(target, TestOptions.options().build(), book, metrics);
    assigned.load(Set.of(ITEMS));
    move(assigned.tracker(ITEMS));
    assigned.drop(Set.of(ITEMS));
    assertTrue(assigned.find(ITEMS).isEmpty());
    assertTrue(assigned.isEmpty());
    assigned.load(Set.of(ITEMS));
    assertAsLoaded(assigned.tracker(ITEMS));
  }

  /** Changes everything that a tracker remembers. */
  private static void move(PartitionTracker tracker) {
    assertEquals(OptionalLong.of(4), tracker.rewindToStored(9));
    tracker.received(4);
    FilterDecision decision = tracker.progress().admit(4, ItemChanges.streamed(40));
    assertEquals(Verdict.NEW, decision.verdict());
    ReplayDetector replays = tracker.progress().latest().replays();
    assertFalse(replays.isRepeated(decision, ItemChanges.created(1, 40), 4, 0));
    tracker.passed(ItemChanges.deleted(1, 40));
    assertTrue(tracker.repeatsDelete(ItemChanges.tombstone(1)));
    PartitionStep step = tracker.step();
    tracker.cut(step.advance().next());
    step.committed();
    tracker.beginAnew(0);
  }

  private static void assertAsLoaded(PartitionTracker tracker) {
    assertEquals(STORED, tracker.step().advance().next());
    assertEquals(Optional.of(STORED), tracker.step().advance().previous());
    assertFalse(tracker.repeatsDelete(ItemChanges.tombstone(1)));
    // Nothing is in flight, and no topic has begun anew.
    assertEquals(9, tracker.reportableOffset(9));
    assertEquals(OptionalLong.of(4), tracker.rewindToStored(9));
  }

  @Test
  void commitThatAnotherThreadTellsOfIsSeen() throws InterruptedException {
    PartitionTracker tracker = unknown();
    take(tracker, 0, 10);
    take(tracker, 1, 20);
    assertEquals(0, tracker.reportableOffset(2));
    Thread writer = new Thread(tracker.step()::committed);
    writer.start();
    // Without joining it: what makes the commit visible is not the end of the thread.
    while (tracker.reportableOffset(2) == 0) {
      Thread.onSpinWait();
    }
    assertEquals(2, tracker.reportableOffset(2));
    writer.join();
  }

  @Test
  void whatIsInFlightHoldsTheReportedOffsetBack() {
    PartitionTracker tracker = unknown();
    take(tracker, 0, 10);
    PartitionStep first = tracker.step();
    take(tracker, 1, 20);
    first.committed();
    assertEquals(1, tracker.reportableOffset(2));
  }

  @Test
  void positionOfTheConsumerIsReportedWhereNothingIsInFlight() {
    PartitionTracker tracker = unknown();
    take(tracker, 0, 10);
    tracker.step().committed();
    assertEquals(7, tracker.reportableOffset(7));
  }

  @Test
  void stateOfAnOldTopicHoldsTheNewOnesOffsetBackUntilItsFirstCommit() {
    PartitionTracker tracker = stored();
    tracker.beginAnew(0);
    take(tracker, 0, 50);
    assertEquals(0, tracker.reportableOffset(1));
    tracker.step().committed();
    assertEquals(1, tracker.reportableOffset(1));
  }

  @Test
  void commitOfWhatWasReadBeforeTheRewindToTheStartIsNotTakenForOneAfterIt() {
    PartitionTracker tracker = unknown();
    tracker.received(5);
    tracker.progress().pass(5);
    PartitionStep inFlight = tracker.step();
    assertEquals(OptionalLong.of(0), tracker.rewindToStart(6));
    take(tracker, 0, 10);
    inFlight.committed();
    assertEquals(0, tracker.reportableOffset(1));
  }

  @Test
  void commitAfterATrackerWasReplacedChangesNothingOfTheNewOne() {
    PartitionTracker lost = unknown();
    take(lost, 0, 10);
    PartitionStep inFlight = lost.step();
    PartitionTracker replacing = unknown();
    take(replacing, 0, 10);
    inFlight.committed();
    assertEquals(0, replacing.reportableOffset(1));
  }

  @Test
  void stepBuildsOnTheStateOfTheLastBatch() {
    PartitionTracker tracker = stored();
    take(tracker, 4, 40);
    PartitionAdvance first = tracker.step().advance();
    assertEquals(Optional.of(STORED), first.previous());
    tracker.cut(first.next());
    take(tracker, 5, 50);
    assertEquals(Optional.of(first.next()), tracker.step().advance().previous());
  }

  @Test
  void readingGoesOnWhereTheTargetIs() {
    PartitionTracker lost = stored();
    take(lost, 4, 40);
    assertEquals(OptionalLong.of(4), stored().resumeInPlaceOf(lost));
  }

  @Test
  void readingGoesOnAtTheFirstRecordWhereTheTargetHoldsNothing() {
    PartitionTracker lost = unknown();
    take(lost, 3, 40);
    take(lost, 4, 50);
    assertEquals(OptionalLong.of(3), unknown().resumeInPlaceOf(lost));
    assertEquals(OptionalLong.empty(), unknown().resumeInPlaceOf(unknown()));
  }

  @Test
  void readingGoesOnAtTheBeginningOfATopicCreatedAnew() {
    PartitionTracker lost = stored();
    lost.beginAnew(0);
    assertEquals(OptionalLong.of(0), stored().resumeInPlaceOf(lost));
  }

  private PartitionTracker unknown() {
    return tracker(new LoadedPartition(PartitionState.FRESH, Map.of()));
  }

  private PartitionTracker stored() {
    return tracker(new LoadedPartition(STORED, Map.of()));
  }

  private PartitionTracker tracker(LoadedPartition loaded) {
    return new PartitionTracker(ITEMS, loaded, book, PartitionTracker.Recall.NOTHING, metrics);
  }

  private static void take(PartitionTracker tracker, long offset, long lsn) {
    tracker.received(offset);
    assertEquals(
        Verdict.NEW, tracker.progress().admit(offset, ItemChanges.streamed(lsn)).verdict());
  }
}
