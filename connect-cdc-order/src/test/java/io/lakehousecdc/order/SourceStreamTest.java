// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.SourcePosition.Snapshot;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SourceStreamTest {
  private static final SourceId SHOP = new SourceId("shop", "shop", "postgresql");
  private static final SourceId GREEN = new SourceId("green", "shop", "postgresql");

  private final HistoryBook book = new HistoryBook(EpochPolicy.AUTOMATIC);

  @Test
  void interleavedTransactionsAreInOrder() {
    SourceStream stream = stream(streamed(10, 200, 5));
    assertEquals(new Position(0, 10, 200), inOrder(stream, streamed(10, 200, 5)));
    assertEquals(new Position(0, 250, 100), inOrder(stream, streamed(250, 100, 6)));
    assertEquals(new Position(0, 250, 300), inOrder(stream, streamed(250, 300, 6)));
  }

  @Test
  void rowsOfACopyShareAPosition() {
    SourceStream stream = stream(streamed(10, 200, 5));
    for (int row = 0; row < 3; row++) {
      assertEquals(new Position(0, 10, 200), inOrder(stream, streamed(10, 200, 5)));
    }
  }

  @Test
  void eventThatIsEmittedAgainIsBelow() {
    SourceStream stream = stream(streamed(10, 20, 5));
    stream.place(streamed(10, 20, 5));
    stream.place(streamed(30, 40, 6));
    assertEquals(new Placement.Below(new Position(0, 10, 20)), stream.place(streamed(10, 20, 5)));
  }

  @Test
  void lowerLsnOfALaterCommitStartsOver() {
    SourceStream stream = stream(streamed(5_000, 5_010, 1_000));
    stream.place(streamed(5_000, 5_010, 1_000));
    assertEquals(
        new Placement.StartedOver(new Position(1, 100, 110), new Position(0, 5_000, 5_010)),
        stream.place(streamed(100, 110, 2_000)));
    assertEquals(new Position(1, 120, 130), inOrder(stream, streamed(120, 130, 2_010)));
  }

  @Test
  void lowerLsnOfAnEarlierCommitNeverStartsOver() {
    SourceStream stream = stream(streamed(5_000, 5_010, 1_000));
    stream.place(streamed(5_000, 5_010, 1_000));
    assertInstanceOf(Placement.Below.class, stream.place(streamed(100, 110, 1_000)));
  }

  @Test
  void quietPartitionGoesOnInTheHistoryThatABusyOneHasFound() {
    SourceStream busy = stream(streamed(5_000, 5_010, 1_000));
    SourceStream quiet = stream(streamed(100, 110, 900));
    busy.place(streamed(5_000, 5_010, 1_000));
    quiet.place(streamed(100, 110, 900));
    busy.place(streamed(2_000, 2_010, 2_000));
    assertEquals(new Position(1, 2_020, 2_030), inOrder(quiet, streamed(2_020, 2_030, 2_010)));
  }

  @Test
  void backlogOfTheOldHistoryBelongsToTheOldOne() {
    SourceStream busy = stream(streamed(5_000, 5_010, 1_000));
    SourceStream quiet = stream(streamed(100, 110, 900));
    busy.place(streamed(5_000, 5_010, 1_000));
    quiet.place(streamed(100, 110, 900));
    busy.place(streamed(2_000, 2_010, 2_000));
    assertEquals(new Position(0, 5_100, 5_110), inOrder(quiet, streamed(5_100, 5_110, 1_500)));
    assertEquals(new Position(1, 2_020, 2_030), inOrder(quiet, streamed(2_020, 2_030, 2_010)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Snapshot.class,
      names = {"INCREMENTAL", "BLOCKING"})
  void backlogThatBeginsWithARowOfASnapshotBelongsToTheOldHistory(Snapshot snapshot) {
    SourceStream busy = stream(streamed(5_000, 5_010, 1_000));
    busy.place(streamed(5_000, 5_010, 1_000));
    busy.place(streamed(2_000, 2_010, 2_000));
    SourcePosition row = at(6_000, 6_010, snapshot, 1_400);
    SourceStream quiet = stream(row);
    assertEquals(new Position(0, 6_000, 6_010), inOrder(quiet, row));
    assertEquals(new Position(0, 6_020, 6_030), inOrder(quiet, streamed(6_020, 6_030, 1_500)));
    assertEquals(new Position(1, 2_020, 2_030), inOrder(quiet, streamed(2_020, 2_030, 2_010)));
    assertEquals(2, book.known().all().size());
  }

  @Test
  void eventsBeforeTheOneThatShowedTheHistoryJoinIt() {
    SourceStream busy = stream(streamed(5_000, 5_010, 1_000));
    SourceStream other = stream(streamed(5_020, 5_030, 1_001));
    busy.place(streamed(5_000, 5_010, 1_000));
    other.place(streamed(5_020, 5_030, 1_001));
    busy.place(streamed(2_000, 2_010, 2_000));
    assertEquals(
        new Placement.StartedOver(new Position(1, 1_900, 1_910), new Position(0, 5_020, 5_030)),
        other.place(streamed(1_900, 1_910, 1_990)));
    assertEquals(
        List.of(new History(0, SHOP, 1_000), new History(1, SHOP, 1_990)), book.known().all());
  }

  @Test
  void eventThatIsEmittedAgainAcrossAFailoverIsOlder() {
    SourceStream stream = stream(streamed(5_000, 5_010, 1_000));
    stream.place(streamed(5_000, 5_010, 1_000));
    stream.place(streamed(100, 110, 2_000));
    assertEquals(
        new Placement.Older(new Position(0, 5_000, 5_010)),
        stream.place(streamed(5_000, 5_010, 1_000)));
    assertEquals(new Position(1, 120, 130), inOrder(stream, streamed(120, 130, 2_010)));
  }

  /** Concurrent commits are not in the order of their times. */
  @Test
  void eventThatWasNotSeenInTheHistoryBeforeBelongsToTheNewOne() {
    SourceStream stream = stream(streamed(5_000, 5_010, 1_000));
    stream.place(streamed(5_000, 5_010, 1_000));
    stream.place(streamed(100, 110, 2_000));
    assertEquals(new Position(1, 120, 130), inOrder(stream, streamed(120, 130, 1_999)));
    SourceStream again = SourceStream.resuming(SHOP, book, stream.state());
    assertEquals(new Position(1, 140, 150), inOrder(again, streamed(140, 150, 1_998)));
    assertEquals(
        new Placement.Older(new Position(0, 5_000, 5_010)),
        again.place(streamed(5_000, 5_010, 1_000)));
  }

  /** The snapshot's transaction begins after the slot that it is consistent with. */
  @Test
  void changeCommittedBeforeTheTransactionOfTheSnapshotBeganIsAboveItsRows() {
    SourceStream stream = stream(streamed(5_000, 5_010, 1_000));
    stream.place(streamed(5_000, 5_010, 1_000));
    stream.place(at(SourcePosition.NONE, 100, Snapshot.INITIAL_LAST, 2_000));
    assertEquals(
        new Position(1, 110, 110), inOrder(stream, streamed(SourcePosition.NONE, 110, 1_990)));
  }

  @Test
  void eventOfAHistoryThatWasReadUnknowinglyIsNotTakenForOneOfTheNext() {
    SourceStream stream = stream(streamed(5_000, 5_010, 1_000));
    stream.place(streamed(5_000, 5_010, 1_000));
    stream.place(streamed(100, 110, 2_000));
    stream.place(streamed(120, 130, 2_100));
    stream.place(streamed(140, 150, 2_200));
    book.startedOver(SHOP, 1, 2_150);
    assertEquals(
        new Placement.Older(new Position(1, 120, 130)), stream.place(streamed(120, 130, 2_100)));
  }

  @Test
  void streamThatHasReadOfANewHistoryUnknowinglyIsTakenUpInIt() {
    StreamState state = new StreamState(new Position(0, 2_060, 2_070), -1, -1, 2_030);
    book.learn(
        Histories.of(
            List.of(new History(0, SHOP, 900), new History(1, SHOP, 2_000)), java.util.Map.of()));
    SourceStream stream = SourceStream.resuming(SHOP, book, state);
    assertEquals(new Position(1, 2_060, 2_070), stream.highWater());
    assertInstanceOf(Placement.Below.class, stream.place(streamed(2_050, 2_055, 2_025)));
  }

  @Test
  void streamsOfOneTaskFollowWhatAnotherHasFound() {
    SourceStream busy = stream(streamed(5_000, 5_010, 1_000));
    SourceStream quiet = stream(streamed(100, 110, 900));
    busy.place(streamed(5_000, 5_010, 1_000));
    quiet.place(streamed(2_060, 2_070, 2_030));
    busy.place(streamed(2_000, 2_010, 2_000));
    quiet.place(streamed(2_060, 2_070, 2_030));
    assertEquals(new Position(1, 2_060, 2_070), quiet.highWater());
  }

  @Test
  void blockingSnapshotThatIsCarriedOutAgainBeginsNoHistory() {
    SourceStream stream = stream(streamed(400, 410, 1_000));
    stream.place(streamed(400, 410, 1_000));
    stream.place(at(400, 410, Snapshot.BLOCKING, 1_500));
    stream.place(streamed(500, 510, 1_600));
    assertEquals(
        new Placement.Below(new Position(0, 400, 410)),
        stream.place(at(400, 410, Snapshot.BLOCKING, 9_000)));
  }

  @Test
  void incrementalSnapshotBeginsNoHistory() {
    SourceStream stream = stream(streamed(400, 410, 1_000));
    stream.place(streamed(400, 410, 1_000));
    assertEquals(
        new Placement.Below(new Position(0, 300, 310)),
        stream.place(at(300, 310, Snapshot.INCREMENTAL, 9_000)));
  }

  @Test
  void nullCommitLsnStandsAtTheHighWaterCommitOrAbove() {
    SourceStream stream = stream(at(SourcePosition.NONE, 100, Snapshot.INITIAL_LAST, 900));
    stream.place(at(SourcePosition.NONE, 100, Snapshot.INITIAL_LAST, 900));
    assertEquals(new Position(0, 100, 90), inOrder(stream, streamed(SourcePosition.NONE, 90, 950)));
    stream.place(streamed(500, 510, 1_600));
    assertEquals(
        new Position(0, 700, 700), inOrder(stream, streamed(SourcePosition.NONE, 700, 2_000)));
  }

  @Test
  void nullCommitLsnThatIsEmittedAgainStaysBelowWhatFollowedIt() {
    SourceStream stream = stream(at(SourcePosition.NONE, 100, Snapshot.INITIAL_LAST, 900));
    stream.place(at(SourcePosition.NONE, 100, Snapshot.INITIAL_LAST, 900));
    SourcePosition first = streamed(SourcePosition.NONE, 120, 950);
    assertEquals(new Position(0, 120, 120), inOrder(stream, first));
    stream.place(streamed(130, 140, 960));
    stream.place(streamed(200, 210, 970));
    assertEquals(new Placement.Below(new Position(0, 120, 120)), stream.place(first));
  }

  @Test
  void nullCommitLsnWithoutASnapshotThatIsEmittedAgainStaysBelowWhatFollowedIt() {
    SourcePosition first = streamed(SourcePosition.NONE, 120, 950);
    SourcePosition second = streamed(SourcePosition.NONE, 125, 950);
    SourceStream stream = stream(first);
    assertEquals(new Position(0, 120, 120), inOrder(stream, first));
    assertEquals(new Position(0, 125, 125), inOrder(stream, second));
    stream.place(streamed(130, 140, 960));
    stream.place(streamed(200, 210, 970));
    assertEquals(new Placement.Below(new Position(0, 120, 120)), stream.place(first));
    assertEquals(new Placement.Below(new Position(0, 125, 125)), stream.place(second));
  }

  @Test
  void firstTransactionComparesOverPartitions() {
    SourceStream one = stream(at(SourcePosition.NONE, 100, Snapshot.INITIAL, 900));
    one.place(at(SourcePosition.NONE, 100, Snapshot.INITIAL, 900));
    SourcePosition truncate = streamed(SourcePosition.NONE, 120, 950);
    SourceStream two = stream(truncate);
    Position truncated = inOrder(two, truncate);
    assertTrue(new Position(0, 100, 0).isBelow(truncated));
    assertTrue(inOrder(one, streamed(SourcePosition.NONE, 110, 950)).isBelow(truncated));
    assertTrue(truncated.isBelow(inOrder(one, streamed(SourcePosition.NONE, 130, 950))));
  }

  @Test
  void firstTransactionWhoseConnectorIsRestartedWithinItKeepsItsPositions() {
    SourceStream stream = stream(streamed(SourcePosition.NONE, 110, 950));
    for (long lsn = 110; lsn <= 150; lsn += 10) {
      stream.place(streamed(SourcePosition.NONE, lsn, 950));
    }
    assertEquals(
        new Placement.Below(new Position(0, 130, 130)), stream.place(streamed(130, 130, 950)));
    assertEquals(
        new Placement.Below(new Position(0, 140, 140)), stream.place(streamed(130, 140, 950)));
    assertEquals(new Position(0, 150, 150), inOrder(stream, streamed(130, 150, 950)));
    assertEquals(new Position(0, 160, 160), inOrder(stream, streamed(130, 160, 950)));
    assertEquals(new Position(0, 170, 180), inOrder(stream, streamed(170, 180, 960)));
  }

  @Test
  void changeRightBehindACommitBelongsToNoFirstTransaction() {
    SourceStream stream = stream(streamed(200, 200, 950));
    assertEquals(new Position(0, 200, 200), inOrder(stream, streamed(200, 200, 950)));
    assertEquals(new Position(0, 200, 210), inOrder(stream, streamed(200, 210, 950)));
    stream.place(streamed(SourcePosition.NONE, 300, 960));
    assertEquals(new Position(0, 400, 350), inOrder(stream, streamed(400, 350, 970)));
    assertEquals(new Position(0, 400, 410), inOrder(stream, streamed(400, 410, 970)));
  }

  @Test
  void firstTransactionThatIsEmittedAgainFromItsStartKeepsItsPositions() {
    SourceStream stream = stream(streamed(SourcePosition.NONE, 110, 950));
    stream.place(streamed(SourcePosition.NONE, 110, 950));
    stream.place(streamed(SourcePosition.NONE, 120, 950));
    assertEquals(
        new Placement.Below(new Position(0, 110, 110)),
        stream.place(streamed(SourcePosition.NONE, 110, 950)));
    assertEquals(
        new Position(0, 130, 130), inOrder(stream, streamed(SourcePosition.NONE, 130, 950)));
  }

  @Test
  void rowThatIsReadInAHistoryThatAnotherPartitionHasFoundBelongsToIt() {
    SourceStream busy = stream(streamed(5_000, 5_010, 1_000));
    busy.place(streamed(5_000, 5_010, 1_000));
    for (Snapshot kind : List.of(Snapshot.INCREMENTAL, Snapshot.BLOCKING)) {
      SourceStream quiet = stream(streamed(4_000, 4_010, 900));
      quiet.place(streamed(4_000, 4_010, 900));
      busy.place(streamed(2_000, 2_010, 2_000));
      assertEquals(new Position(1, 2_020, 2_030), inOrder(quiet, at(2_020, 2_030, kind, 3_000)));
      assertEquals(new Position(1, 2_020, 2_035), inOrder(quiet, streamed(2_020, 2_035, 2_500)));
    }
    assertEquals(2, book.known().all().size());
  }

  @Test
  void snapshotOfANewClusterStartsOver() {
    SourceStream stream = stream(streamed(5_000, 5_010, 1_000));
    stream.place(streamed(5_000, 5_010, 1_000));
    assertEquals(
        new Placement.StartedOver(new Position(1, 90, 0), new Position(0, 5_000, 5_010)),
        stream.place(at(SourcePosition.NONE, 90, Snapshot.INITIAL, 2_000)));
  }

  @Test
  void lsnsWithoutASequenceInterleaveAndNeverStartOver() {
    SourceStream stream = stream(streamed(SourcePosition.UNSEQUENCED, 300, 5));
    assertEquals(
        new Position(0, 300, 300), inOrder(stream, streamed(SourcePosition.UNSEQUENCED, 300, 5)));
    assertInstanceOf(
        Placement.Below.class, stream.place(streamed(SourcePosition.UNSEQUENCED, 200, 6)));
  }

  @Test
  void eventWithoutAnLsnHasNoPosition() {
    SourceStream stream = stream(SourcePosition.UNKNOWN);
    assertInstanceOf(Placement.Unplaced.class, stream.place(SourcePosition.UNKNOWN));
  }

  @Test
  void replacingSourceIsAboveAllOfTheOneBefore() {
    stream(streamed(5_000, 5_010, 1_000)).place(streamed(5_000, 5_010, 1_000));
    SourceStream green =
        SourceStream.beginning(GREEN, book, at(GREEN, 100, 110, Snapshot.NO, 2_000));
    assertEquals(
        new Position(1, 100, 110), inOrder(green, at(GREEN, 100, 110, Snapshot.NO, 2_000)));
  }

  @Test
  void olderSourceThatIsDiscoveredLateIsBelowTheNewerOne() {
    SourceStream.beginning(GREEN, book, at(GREEN, 100, 110, Snapshot.NO, 2_000));
    assertEquals(
        new Position(-1, 5_000, 5_010),
        inOrder(stream(streamed(5_000, 5_010, 1_000)), streamed(5_000, 5_010, 1_000)));
  }

  @Test
  void sourcesSideBySideRaiseNothing() {
    SourceStream shop = stream(streamed(5_000, 5_010, 1_000));
    SourceStream green =
        SourceStream.beginning(GREEN, book, at(GREEN, 100, 110, Snapshot.NO, 1_001));
    for (int i = 0; i < 10; i++) {
      inOrder(shop, streamed(5_000 + i, 5_010 + i, 1_000 + 2 * i));
      inOrder(green, at(GREEN, 100 + i, 110 + i, Snapshot.NO, 1_001 + 2 * i));
    }
    assertEquals(2, book.known().all().size());
  }

  @Test
  void operatorsNumberTakesAllThatIsRead() {
    HistoryBook fifth = new HistoryBook(EpochPolicy.automaticFrom(5));
    fifth.learn(Histories.of(List.of(new History(0, SHOP, 900)), java.util.Map.of()));
    StreamState state = new StreamState(new Position(0, 5_000, 5_010), -1, -1, 1_000);
    SourceStream stream = SourceStream.resuming(SHOP, fifth, state);
    assertEquals(new Position(5, 0, 0), stream.highWater());
    assertEquals(new Position(5, 100, 110), inOrder(stream, streamed(100, 110, 500)));
  }

  @Test
  void historiesOfAnUnnamedSourceAreTakenOverByTheOneThatGoesOn() {
    book.learn(
        Histories.of(
            List.of(
                new History(0, SourceId.UNKNOWN, History.ALWAYS),
                new History(1, SourceId.UNKNOWN, 2_000)),
            java.util.Map.of()));
    StreamState state = new StreamState(new Position(0, 100, 110), -1, -1, 2_040);
    book.claims(SHOP);
    SourceStream stream = SourceStream.resuming(SHOP, book, state);
    assertEquals(new Position(1, 100, 110), stream.highWater());
    assertEquals(SHOP, book.known().all().get(0).source());
  }

  @Test
  void sourceThatIsNewBesideAnUnnamedOneFollowsIt() {
    book.learn(
        Histories.of(
            List.of(new History(0, SourceId.UNKNOWN, History.ALWAYS)), java.util.Map.of()));
    SourcePosition first = at(GREEN, 100, 110, Snapshot.NO, 2_000);
    assertEquals(
        new Position(1, 100, 110), inOrder(SourceStream.beginning(GREEN, book, first), first));
    book.claims(SHOP);
    StreamState state = new StreamState(new Position(0, 5_000, 5_010), -1, -1, 1_000);
    SourceStream old = SourceStream.resuming(SHOP, book, state);
    assertEquals(new Position(0, 5_020, 5_030), inOrder(old, streamed(5_020, 5_030, 1_500)));
  }

  @Test
  void endOfASnapshotIsSaidOnce() {
    SourceStream stream = stream(at(SourcePosition.NONE, 100, Snapshot.INITIAL, 900));
    stream.place(at(SourcePosition.NONE, 100, Snapshot.INITIAL, 900));
    assertEquals(OptionalLong.empty(), stream.justCompleted());
    assertFalse(stream.isPast(new Position(0, 100, 0)));
    stream.place(streamed(150, 160, 950));
    assertEquals(OptionalLong.of(100), stream.justCompleted());
    assertTrue(stream.isPast(new Position(0, 100, 0)));
    stream.place(streamed(150, 170, 950));
    assertEquals(OptionalLong.empty(), stream.justCompleted());
  }

  @Test
  void changeThatWasNeverReadAtAnOffsetReadBeforeIsNew() {
    SourceStream stream = stream(streamed(500, 510, 1_000));
    stream.place(streamed(500, 510, 1_000));
    assertFalse(stream.isNew(streamed(500, 510, 1_000)));
    assertFalse(stream.isNew(streamed(400, 410, 900)));
    assertTrue(stream.isNew(streamed(400, 410, 1_001)));
    assertTrue(stream.isNew(streamed(600, 610, 0)));
  }

  private SourceStream stream(SourcePosition first) {
    return SourceStream.beginning(SHOP, book, first);
  }

  private static Position inOrder(SourceStream stream, SourcePosition event) {
    return assertInstanceOf(Placement.InOrder.class, stream.place(event)).position();
  }

  private static SourcePosition streamed(long commitLsn, long lsn, long micros) {
    return at(commitLsn, lsn, Snapshot.NO, micros);
  }

  private static SourcePosition at(long commitLsn, long lsn, Snapshot snapshot, long micros) {
    return at(SHOP, commitLsn, lsn, snapshot, micros);
  }

  private static SourcePosition at(
      SourceId source, long commitLsn, long lsn, Snapshot snapshot, long micros) {
    return new SourcePosition(source, commitLsn, lsn, snapshot, micros);
  }
}
