// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import static io.lakehousecdc.smt.DedupRun.ORDERS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.DebeziumEvent;
import io.lakehousecdc.testkit.DebeziumTable;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of {@link LsnDedup} if positions or offsets start over: epochs, other sources, rewinds. */
class LsnDedupHistoryTest {
  private final DedupRun run = new DedupRun();

  @AfterEach
  void close() {
    run.close();
  }

  @ParameterizedTest
  @EnumSource
  void lowerPositionCommittedLaterBeginsAnEpoch(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    long moved = 1_800_000_000_000L;
    run.passes(orders.update(5_000, 5_010, 1L, "old cluster"));
    run.passes(orders.update(6_000, 6_010, 2L, "old cluster"));
    assertTrue(run.passes(orders.create(100, 110, 1L, "new cluster").tsMs(moved)));
    assertEquals(1, run.metric("Epochs"));
    assertTrue(run.passes(orders.incrementalSnapshot(120, 120, 2L, "new cluster")));
    assertTrue(run.passes(orders.update(200, 210, 1L, "newer").tsMs(moved + 1)));
    assertFalse(run.passes(orders.create(100, 110, 1L, "emitted again").tsMs(moved)));
    assertEquals(1, run.metric("Epochs"));
  }

  @ParameterizedTest
  @EnumSource
  void initialSnapshotOfAnotherClusterBeginsAnEpoch(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    long moved = 1_800_000_000_000L;
    run.passes(orders.update(5_000, 5_010, 1L, "old cluster"));
    run.passes(orders.update(6_000, 6_010, 2L, "old cluster"));
    assertTrue(run.passes(orders.snapshot(100, 1L, "read").tsMs(moved)));
    assertTrue(run.passes(orders.snapshot(100, 2L, "read").tsMs(moved)));
    assertTrue(
        run.passes(orders.update(0, 90, 1L, "x").withoutCommitLsn().tsMs(moved + 1)),
        "stands above the new snapshot");
    assertEquals(1, run.metric("Epochs"));
  }

  @ParameterizedTest
  @EnumSource
  void newClusterWithoutSnapshotDoesNotStandOnTheOldOnes(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    long moved = 1_800_000_000_000L;
    run.passes(orders.snapshot(5_000, 1L, "old cluster"));
    run.passes(orders.update(6_000, 6_010, 1L, "old cluster"));
    assertTrue(run.passes(orders.update(0, 90, 1L, "x").withoutCommitLsn().tsMs(moved)));
    assertTrue(run.passes(orders.update(100, 110, 1L, "y").tsMs(moved)));
    assertEquals(1, run.metric("Epochs"));
  }

  @ParameterizedTest
  @EnumSource
  void changeCommittedAfterTheKeysLastOnePassesEvenInAnEarlierEpoch(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    long moved = 1_800_000_000_000L;
    run.passes(orders.update(5_000, 5_010, 1L, "old cluster, partition 0"), 0);
    assertTrue(run.passes(orders.update(100, 110, 1L, "new cluster, partition 1").tsMs(moved), 1));
  }

  @ParameterizedTest
  @EnumSource
  void quietPartitionFollowsTheHistoryThatABusyOneFound(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    long moved = 1_800_000_000_000L;
    run.passes(orders.update(5_000, 5_010, 1L, "old cluster"), 0);
    run.passes(orders.update(4_000, 4_010, 2L, "old cluster"), 1);
    assertTrue(run.passes(orders.update(100, 110, 1L, "failed over").tsMs(moved), 0));
    assertTrue(run.passes(orders.update(4_500, 4_510, 2L, "backlog").tsMs(moved - 10), 1));
    assertTrue(
        run.passes(orders.incrementalSnapshot(130, 130, 2L, "read").tsMs(moved + 10), 1),
        "its LSNs are those of the new history");
    assertTrue(run.passes(orders.update(140, 150, 2L, "new").tsMs(moved + 20), 1));
    assertFalse(run.passes(orders.update(4_500, 4_510, 2L, "backlog").tsMs(moved - 10), 1));
    assertEquals(1, run.metric("Epochs"));
  }

  @Test
  void truncateInTheHistoryThatABusyPartitionFoundLeavesTheQuietOnesChanges() {
    long moved = 1_800_000_000_000L;
    run.passes(ORDERS.update(5_000, 5_010, 1L, "old cluster"), 0);
    run.passes(ORDERS.update(4_000, 4_010, 2L, "old cluster"), 1);
    assertTrue(run.passes(ORDERS.truncate(100, 110).tsMs(moved), 0));
    assertTrue(run.passes(ORDERS.create(120, 130, 2L, "after it").tsMs(moved + 1), 1));
    assertTrue(run.passes(ORDERS.blockingSnapshot(140, 140, 3L, "read").tsMs(moved + 2), 1));
    assertFalse(run.passes(ORDERS.create(4_500, 4_510, 4L, "before it").tsMs(moved - 1), 1));
    assertEquals(1, run.metric("Epochs"));
  }

  @ParameterizedTest
  @EnumSource
  void blockingSnapshotThatIsCarriedOutAgainBeginsNoHistory(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    run.passes(orders.update(400, 410, 1L, "a"));
    assertTrue(run.passes(orders.blockingSnapshot(400, 410, 1L, "a")));
    run.passes(orders.update(500, 510, 1L, "b"));
    run.passes(orders.update(500, 520, 2L, "b"));
    DebeziumEvent again = orders.blockingSnapshot(400, 410, 1L, "b").tsMs(1_800_000_000_000L);
    assertFalse(run.passes(again), "the same row is read, or a newer change of it follows");
    assertFalse(run.passes(orders.update(400, 410, 1L, "a")));
    assertTrue(run.passes(orders.update(600, 610, 2L, "c")));
    assertEquals(0, run.metric("Epochs"));
  }

  @ParameterizedTest
  @EnumSource
  void firstCommitTimeProvesNothing(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    assertTrue(run.passes(orders.incrementalSnapshot(300, 300, 1L, "read")));
    assertTrue(run.passes(orders.update(200, 210, 2L, "its time is the first")));
    assertEquals(0, run.metric("Epochs"));
  }

  @ParameterizedTest
  @EnumSource
  void replayedDeadLetterOfADeletedKeyIsDroppedWhileItsDeleteIsRemembered(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    DebeziumEvent letter = orders.update(200, 210, 1L, "was rejected");
    assertTrue(run.passes(letter));
    assertTrue(run.passes(orders.delete(300, 310, 1L)));
    assertTrue(run.passes(orders.update(400, 410, 2L, "another key")));
    assertFalse(run.passes(letter));
    assertEquals(1, run.metric("Dropped"));
    try (DedupRun restarted = new DedupRun()) {
      assertTrue(restarted.passes(orders.update(500, 510, 2L, "another key")));
      assertTrue(restarted.passes(letter), "the sink decides");
      assertTrue(restarted.passes(orders.update(600, 610, 2L, "another key")));
      assertEquals(0, restarted.metric("Epochs"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void replayedDeadLetterFromAnEarlierHistoryIsDropped(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    long moved = 1_800_000_000_000L;
    DebeziumEvent letter = orders.update(5_000, 5_010, 1L, "was rejected");
    assertTrue(run.passes(letter));
    assertTrue(run.passes(orders.delete(100, 110, 1L).tsMs(moved)));
    assertFalse(run.passes(letter));
    assertTrue(run.passes(orders.create(120, 130, 1L, "anew").tsMs(moved + 1)));
    assertEquals(1, run.metric("Epochs"));
  }

  @Test
  void fixedEpochTakesEveryLowerPositionForADuplicate() {
    try (DedupRun fixed = new DedupRun(Map.of("source.epoch", "3"))) {
      assertTrue(fixed.passes(ORDERS.update(5_000, 5_010, 1L, "a")));
      assertFalse(fixed.passes(ORDERS.update(100, 110, 1L, "b").tsMs(1_800_000_000_000L)));
      assertEquals(0, fixed.metric("Epochs"));
    }
  }

  @Test
  void sourcesThatShareAPartitionKeepTheirOwnHistory() {
    DebeziumTable other = ORDERS.source("second", "shop");
    for (long i = 0; i < 10; i++) {
      assertNotNull(run.apply(ORDERS.update(5_000 + i, 5_010 + i, i, "a").at("all", 0, 2 * i)));
      DebeziumEvent low = other.update(100 + i, 110 + i, i, "b").tsMs(1_800_000_000_000L + i);
      assertNotNull(run.apply(low.at("all", 0, 2 * i + 1)));
    }
    assertEquals(0, run.metric("Epochs"));
  }

  @ParameterizedTest
  @EnumSource
  void sameRecordPassesAgainAfterARewind(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    SinkRecord first = orders.create(100, 110, 1L, "a").at(0, 0);
    SinkRecord second = orders.update(200, 210, 1L, "b").at(0, 1);
    SinkRecord duplicate = orders.create(100, 110, 1L, "a").at(0, 2);
    assertSame(first, run.apply(first));
    assertSame(second, run.apply(second));
    assertNull(run.apply(duplicate));
    assertSame(first, run.apply(first));
    assertSame(second, run.apply(second));
    assertSame(duplicate, run.apply(duplicate));
    assertEquals(3, run.metric("Redelivered"));
    assertNotNull(run.apply(second.newRecord("x", 0, null, 1L, null, null, 0L)), "offset 1 again");
  }

  @Test
  void keyIsJudgedAnewAfterARewind() {
    DebeziumEvent create = ORDERS.create(100, 110, 1L, "a");
    DebeziumEvent update = ORDERS.update(200, 210, 1L, "b");
    run.apply(create.at(0, 0));
    run.apply(update.at(0, 1));
    assertNull(run.apply(create.at(0, 2)));
    assertNotNull(run.apply(create.at(0, 2)), "the sink is back at the old row");
    assertNotNull(run.apply(update.at(0, 3)), "which this has to correct");
    assertNull(run.apply(create.at(0, 4)));
  }

  @Test
  void redeliveryFromAnOldEpochDoesNotSpoilTheMemory() {
    long moved = 1_800_000_000_000L;
    SinkRecord old = ORDERS.update(5_000, 5_010, 1L, "old cluster").at(0, 0);
    assertNotNull(run.apply(old));
    assertNotNull(run.apply(ORDERS.update(100, 110, 1L, "new").tsMs(moved).at(0, 1)));
    assertNotNull(run.apply(old));
    assertNotNull(run.apply(ORDERS.update(100, 110, 1L, "new").tsMs(moved).at(0, 1)));
    assertNotNull(run.apply(ORDERS.update(200, 210, 1L, "newer").tsMs(moved + 1).at(0, 2)));
  }

  @Test
  void redeliveryIsRecognisedByTheNamesThatKafkaKnows() {
    SinkRecord duplicate = ORDERS.create(100, 110, 1L, "a").at(0, 2);
    run.apply(ORDERS.create(100, 110, 1L, "a").at(0, 0));
    run.apply(ORDERS.update(200, 210, 1L, "b").at(0, 1));
    SinkRecord renamed =
        duplicate.newRecord(
            "renamed",
            0,
            duplicate.keySchema(),
            duplicate.key(),
            duplicate.valueSchema(),
            duplicate.value(),
            duplicate.timestamp());
    assertNull(run.apply(renamed));
    assertSame(renamed, run.apply(renamed));
  }

  @Test
  void recreatedTopicPasses() {
    run.apply(ORDERS.update(200, 210, 1L, "a").at(0, 1_000));
    assertNotNull(run.apply(ORDERS.update(100, 110, 1L, "b").at(0, 0)));
  }
}
