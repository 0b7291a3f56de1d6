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
