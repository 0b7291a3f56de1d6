package io.lakehousecdc.smt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.DebeziumEvent;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.RecordedEvents;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LsnDedupTest {
  private static final DebeziumTable ORDERS =
      DebeziumRecords.table("public", "orders")
          .key("id", Schema.INT64_SCHEMA)
          .column("note", Schema.OPTIONAL_STRING_SCHEMA);

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
  void eventRelativeToAnUnseenSnapshotPasses(Shape shape) {
    DebeziumTable orders = shape.of(ORDERS);
    DebeziumEvent first = orders.update(0, 90, 1L, "x").withoutCommitLsn();
    assertTrue(run.passes(orders.update(130, 140, 1L, "later")));
    assertTrue(run.passes(first));
    assertTrue(
        run.passes(orders.update(120, 125, 1L, "emitted again after it")),
        "after an event at an unknown position only arrival counts");
    assertEquals(1, run.metric("Unpositioned"));
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

  @Test
  void headerModeMarksACopyAndLeavesTheRecord() {
    try (DedupRun marking = new DedupRun(Map.of("mode", "header", "header.name", "seen"))) {
      marking.apply(ORDERS.update(200, 210, 1L, "b").at(0, 0));
      SinkRecord duplicate = ORDERS.create(100, 110, 1L, "a").at(0, 1);
      duplicate.headers().addString("kept", "yes");
      SinkRecord marked = marking.apply(duplicate);
      Header header = marked.headers().lastWithName("seen");
      assertEquals(true, header.value());
      assertEquals(Schema.Type.BOOLEAN, header.schema().type());
      assertEquals("yes", marked.headers().lastWithName("kept").value());
      assertNull(duplicate.headers().lastWithName("seen"));
      assertSame(duplicate.value(), marked.value());
      assertEquals(1, marked.originalKafkaOffset());
      assertEquals(1, marking.metric("Dropped"));
    }
  }

  @Test
  void evictedKeyPasses() {
    try (DedupRun small = new DedupRun(Map.of("max.entries", "2"))) {
      small.passes(ORDERS.update(200, 210, 1L, "a"));
      small.passes(ORDERS.update(200, 220, 2L, "a"));
      small.passes(ORDERS.update(300, 310, 1L, "used again"));
      small.passes(ORDERS.update(400, 410, 3L, "a"));
      assertEquals(2, small.metric("Entries"));
      assertEquals(1, small.metric("Evicted"));
      assertFalse(small.passes(ORDERS.update(200, 210, 1L, "a")));
      assertTrue(small.passes(ORDERS.update(100, 110, 2L, "a")), "key 2 was forgotten");
    }
  }

  @Test
  void memoryIsBoundedInBytes() {
    try (DedupRun small = new DedupRun(Map.of("max.bytes", "10000"))) {
      for (long id = 0; id < 1_000; id++) {
        small.passes(ORDERS.create(100 + id, 110 + id, id, "a"));
      }
      assertTrue(small.metric("Bytes") <= 10_000);
      assertTrue(small.metric("Entries") > 10);
      assertEquals(1_000, small.metric("Entries") + small.metric("Evicted"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everythingElsePassesUntouched(boolean schemas) {
    List<DebeziumEvent> others =
        List.of(
            DebeziumRecords.heartbeat("src", 1),
            DebeziumRecords.begin("src", "7:100", 1),
            DebeziumRecords.end("src", "7:100", 1, Map.of("public.orders", 1L)),
            DebeziumRecords.message("src", 100, 110, "p", "m".getBytes(StandardCharsets.UTF_8)));
    for (int repeated = 0; repeated < 2; repeated++) {
      for (DebeziumEvent event : others) {
        SinkRecord record = (schemas ? event : event.schemaless()).at(0, repeated);
        assertSame(record, run.apply(record));
      }
    }
    assertEquals(0, run.metric("Seen"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"op,lsn", "op"})
  void flattenedRowWithoutSequencePasses(String fields) {
    DebeziumTable orders = ORDERS.flattened(Map.of("add.fields", fields));
    assertTrue(run.passes(orders.update(200, 210, 1L, "b")));
    assertTrue(run.passes(orders.create(100, 110, 1L, "a")));
    assertEquals(2, run.metric("Unpositioned"));
  }

  @Test
  void headersThatConnectParsedAreUnderstood() {
    DebeziumTable orders = Shape.FLATTENED_WITH_HEADERS.of(ORDERS);
    assertNotNull(run.apply(throughWorker(orders.update(200, 210, 1L, "b").at(0, 0))));
    assertNull(run.apply(throughWorker(orders.create(100, 110, 1L, "a").at(0, 1))));
    assertEquals(0, run.metric("Unpositioned"));
  }

  @Test
  void recordsWithoutAKeyPass() {
    DebeziumTable keyless =
        DebeziumRecords.table("public", "log").column("line", Schema.STRING_SCHEMA);
    assertTrue(run.passes(keyless.create(200, 210, "a")));
    assertTrue(run.passes(keyless.create(100, 110, "b")));
  }

  @Test
  void recordedStreamPassesOnceAndIsRecognisedWhenEmittedAgain() {
    for (String recording : List.of(RecordedEvents.ITEM, RecordedEvents.PLAIN)) {
      List<SinkRecord> records = RecordedEvents.read(recording);
      try (DedupRun fresh = new DedupRun()) {
        records.forEach(record -> assertSame(record, fresh.apply(record)));
        assertEquals(0, fresh.metric("Dropped"));
        assertEquals(0, fresh.metric("Epochs"));
        long passed =
            records.stream()
                .map(r -> shifted(r, 1_000))
                .filter(r -> fresh.apply(r) != null)
                .count();
        assertTrue(passed < records.size());
        assertEquals(records.size() - passed, fresh.metric("Dropped"));
        assertEquals(0, fresh.metric("Epochs"));
      }
    }
  }

  @Test
  void closedTransformLeavesNoBean() {
    LsnDedup<SinkRecord> transform = new LsnDedup<>();
    transform.configure(Map.of("metrics.id", "orders-sink"));
    var name = transform.registration().name();
    assertTrue(name.getKeyProperty("id").startsWith("orders-sink-"));
    transform.close();
    assertFalse(java.lang.management.ManagementFactory.getPlatformMBeanServer().isRegistered(name));
  }

  private static SinkRecord shifted(SinkRecord record, long by) {
    return new SinkRecord(
        record.topic(),
        record.kafkaPartition(),
        record.keySchema(),
        record.key(),
        record.valueSchema(),
        record.value(),
        record.kafkaOffset() + by,
        record.timestamp(),
        record.timestampType(),
        record.headers());
  }

  /** Headers are written as text by the source's worker and parsed by the sink's. */
  private static SinkRecord throughWorker(SinkRecord record) {
    ConnectHeaders headers = new ConnectHeaders();
    try (SimpleHeaderConverter converter = new SimpleHeaderConverter()) {
      for (Header header : record.headers()) {
        byte[] wire =
            converter.fromConnectHeader("t", header.key(), header.schema(), header.value());
        headers.add(header.key(), converter.toConnectHeader("t", header.key(), wire));
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return record.newRecord(
        record.topic(),
        record.kafkaPartition(),
        record.keySchema(),
        record.key(),
        record.valueSchema(),
        record.value(),
        record.timestamp(),
        headers);
  }
}
