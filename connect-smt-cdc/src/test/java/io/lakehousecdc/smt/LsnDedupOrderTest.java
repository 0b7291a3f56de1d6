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
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of duplicates in {@link LsnDedup} within one history of the source. */
class LsnDedupOrderTest {
  private final DedupRun run = new DedupRun();

  @AfterEach
  void close() {
    run.close();
  }

  @ParameterizedTest
  @EnumSource
  void changeBelowOneThatPassedIsDropped(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    assertTrue(run.passes(orders.create(100, 110, 1L, "a")));
    assertTrue(run.passes(orders.update(200, 210, 1L, "b")));
    assertFalse(run.passes(orders.create(100, 110, 1L, "a")));
    assertTrue(run.passes(orders.update(200, 210, 1L, "b")), "the last event is a tie");
    assertTrue(run.passes(orders.update(300, 310, 1L, "c")));
    assertEquals(5, run.metric("Seen"));
    assertEquals(1, run.metric("Dropped"));
  }

  @ParameterizedTest
  @EnumSource
  void deleteBelowOneThatPassedIsDropped(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    run.passes(orders.create(100, 110, 1L, "a"));
    assertTrue(run.passes(orders.delete(200, 210, 1L)));
    assertTrue(run.passes(orders.create(300, 310, 1L, "b")));
    assertFalse(run.passes(orders.delete(200, 210, 1L)));
  }

  @ParameterizedTest
  @EnumSource
  void keysAreIndependent(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    assertTrue(run.passes(orders.create(200, 210, 1L, "a")));
    assertTrue(run.passes(orders.create(100, 110, 2L, "b")));
  }

  @ParameterizedTest
  @EnumSource
  void interleavedTransactionsPass(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    assertTrue(run.passes(orders.update(50, 200, 2L, "T2, committed first")));
    assertTrue(run.passes(orders.update(210, 100, 1L, "T1")));
    assertTrue(run.passes(orders.update(210, 300, 2L, "T1")));
    assertFalse(run.passes(orders.update(50, 200, 2L, "T2 again")));
  }

  @ParameterizedTest
  @EnumSource
  void insertOfDeferrableKeyWithLowerLsnPasses(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    assertTrue(run.passes(orders.delete(50, 200, 1L)));
    assertTrue(run.passes(orders.create(210, 100, 1L, "committed later")));
  }

  @ParameterizedTest
  @EnumSource
  void equalLsnsOfCopyPass(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    for (long id = 0; id < 1_000; id++) {
      assertTrue(run.passes(orders.create(100, 110, id, "copied")));
    }
    assertEquals(0, run.metric("Dropped"));
  }

  @ParameterizedTest
  @EnumSource
  void initialSnapshotIsBelowTheStream(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    assertTrue(run.passes(orders.snapshot(100, 1L, "read")));
    assertTrue(run.passes(orders.update(100, 110, 1L, "streamed")));
    assertFalse(run.passes(orders.snapshot(100, 1L, "read")));
  }

  @ParameterizedTest
  @EnumSource
  void restartedInitialSnapshotPasses(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    assertTrue(run.passes(orders.snapshot(100, 1L, "first attempt")));
    assertTrue(run.passes(orders.snapshot(120, 1L, "second attempt")));
  }

  @ParameterizedTest
  @EnumSource
  void transactionThatStraddlesTheSnapshotPasses(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    long committed = 1_767_225_600_500L;
    assertTrue(run.passes(orders.snapshot(100, 1L, "read")));
    DebeziumEvent straddler =
        orders.update(0, 90, 1L, "began before").withoutCommitLsn().tsMs(committed);
    assertTrue(run.passes(straddler));
    assertTrue(run.passes(orders.update(130, 140, 1L, "next").tsMs(committed + 10)));
    assertFalse(run.passes(straddler));
  }

  @ParameterizedTest
  @EnumSource
  void firstTransactionOfASlotWithoutSnapshotIsBelowWhatFollows(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    DebeziumEvent first = orders.update(0, 90, 1L, "x").withoutCommitLsn();
    assertTrue(run.passes(first));
    assertTrue(run.passes(orders.update(100, 110, 1L, "later")));
    assertTrue(run.passes(orders.update(130, 140, 2L, "another key")));
    assertFalse(run.passes(first));
    assertTrue(run.passes(orders.update(100, 110, 1L, "later")));
    assertEquals(0, run.metric("Unpositioned"));
  }

  @ParameterizedTest
  @EnumSource
  void firstTransactionOfANewSlotIsAboveWhatTheOldOneDelivered(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    long later = 1_800_000_000_000L;
    assertTrue(run.passes(orders.snapshot(100, 1L, "read")));
    assertTrue(run.passes(orders.update(500, 510, 1L, "old slot")));
    assertTrue(run.passes(orders.update(0, 700, 1L, "new").withoutCommitLsn().tsMs(later)));
    assertFalse(run.passes(orders.update(500, 510, 1L, "old slot")));
    assertTrue(run.passes(orders.update(710, 720, 1L, "next").tsMs(later + 1)));
    assertEquals(0, run.metric("Epochs"));
  }

  @ParameterizedTest
  @EnumSource
  void incrementalSnapshotRowStandsAtItsSequence(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    assertTrue(run.passes(orders.update(100, 110, 1L, "u")));
    assertTrue(run.passes(orders.incrementalSnapshot(150, 150, 1L, "r")));
    assertFalse(run.passes(orders.update(100, 110, 1L, "u")));
    assertTrue(run.passes(orders.update(200, 210, 1L, "u")));
    assertFalse(
        run.passes(orders.incrementalSnapshot(150, 150, 1L, "r").tsMs(1_867_225_600_000L)),
        "its time is that of emission and proves nothing");
    assertEquals(0, run.metric("Epochs"));
  }

  @ParameterizedTest
  @EnumSource
  void duplicateBelowAnIncrementalRowOfAnotherwiseUnknownKeyIsDropped(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    assertTrue(run.passes(orders.update(140, 145, 2L, "another key, so that time is known")));
    assertTrue(run.passes(orders.incrementalSnapshot(150, 150, 1L, "r")));
    assertFalse(run.passes(orders.update(100, 110, 1L, "u")));
  }

  @ParameterizedTest
  @EnumSource
  void updateAtTheBlockingSnapshotsPositionPasses(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    assertTrue(run.passes(orders.update(100, 110, 1L, "old")));
    assertTrue(run.passes(orders.blockingSnapshot(120, 120, 1L, "new")));
    assertTrue(run.passes(orders.update(120, 120, 1L, "tie")));
    assertFalse(run.passes(orders.update(100, 110, 1L, "old")));
  }

  @ParameterizedTest
  @EnumSource
  void keyChangePassesWhole(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    run.passes(orders.create(100, 110, 1L, "a"));
    List<DebeziumEvent> change = orders.keyChange(200, 210, List.of(1L), 2L, "a");
    long offset = 10;
    for (DebeziumEvent event : change) {
      long at = offset++;
      event
          .deliveredAt(orders.topic(), 0, at)
          .ifPresent(record -> assertSame(record, run.apply(record)));
    }
    assertEquals(0, run.metric("Dropped"));
  }

  @ParameterizedTest
  @EnumSource(names = {"ENVELOPE", "ENVELOPE_SCHEMALESS"})
  void truncatePassesAndChangesBelowItAreDropped(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    assertTrue(run.passes(orders.create(100, 110, 1L, "a")));
    assertTrue(run.passes(orders.truncate(200, 210)));
    assertFalse(run.passes(orders.create(100, 120, 2L, "from another partition"), 1));
    assertFalse(run.passes(orders.create(100, 110, 1L, "a")));
    assertTrue(run.passes(orders.create(200, 220, 1L, "same transaction, after it")));
  }

  @Test
  void repeatedTruncateLetsPassWhatItRemovesFromTheSink() {
    DebeziumEvent truncate = ORDERS.truncate(200, 210);
    DebeziumEvent create = ORDERS.create(300, 310, 1L, "a");
    assertTrue(run.passes(truncate));
    assertTrue(run.passes(create));
    assertTrue(run.passes(ORDERS.update(400, 410, 1L, DebeziumRecords.UNCHANGED)));
    assertTrue(run.passes(truncate));
    assertTrue(run.passes(create), "the sink may have emptied its table again");
  }

  @Test
  void truncateOfOneTableLeavesTheOthersOfItsTopic() {
    DebeziumTable other =
        DebeziumRecords.table("public", "archive")
            .key("id", Schema.INT64_SCHEMA)
            .column("note", Schema.OPTIONAL_STRING_SCHEMA);
    assertNotNull(run.apply(ORDERS.truncate(200, 210).at("all", 0, 0)));
    assertNotNull(run.apply(other.create(100, 110, 1L, "a").at("all", 0, 1)));
    assertNull(run.apply(ORDERS.create(100, 110, 1L, "a").at("all", 0, 2)));
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"FLATTENED_TO_NULL_WITH_HEADERS"})
  void tombstoneFollowsItsDelete(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    run.passes(orders.create(100, 110, 1L, "a"));
    assertTrue(run.passes(orders.delete(200, 210, 1L)));
    assertTrue(run.passes(orders.tombstone(1L)));
    assertTrue(run.passes(orders.create(300, 310, 1L, "b")));
    assertFalse(run.passes(orders.create(100, 110, 1L, "a")));
    assertFalse(run.passes(orders.delete(200, 210, 1L)));
    assertFalse(run.passes(orders.tombstone(1L)));
    assertTrue(run.passes(orders.create(300, 310, 1L, "b")));
  }

  @Test
  void tombstoneOfADeleteBelowATruncateIsDropped() {
    assertTrue(run.passes(ORDERS.truncate(300, 310)));
    assertTrue(run.passes(ORDERS.create(400, 410, 1L, "b")));
    assertFalse(run.passes(ORDERS.delete(200, 210, 2L)));
    assertFalse(run.passes(ORDERS.tombstone(2L)));
  }

  @Test
  void tombstoneWithoutADeleteStartsTheKeyAnew() {
    assertTrue(run.passes(ORDERS.create(100, 110, 1L, "a")));
    assertTrue(run.passes(ORDERS.update(200, 210, 1L, "b")));
    assertTrue(run.passes(ORDERS.tombstone(1L)));
    assertTrue(run.passes(ORDERS.create(100, 110, 1L, "a")), "it may restore what is gone");
  }
}
