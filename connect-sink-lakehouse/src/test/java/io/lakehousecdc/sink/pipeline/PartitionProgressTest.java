// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.EpochPolicy;
import io.lakehousecdc.order.HistoryBook;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.pipeline.FilterDecision.Verdict;
import io.lakehousecdc.sink.spi.CarriedOver;
import io.lakehousecdc.sink.spi.PartitionState;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionProgressTest {
  private static final SourceId SOURCE = History.SOURCE;
  private static final SourcePartition PARTITION = new SourcePartition("shop.public.orders", 0);

  private final SinkMetrics metrics = new SinkMetrics();
  private PartitionProgress ledger = ledger(PartitionState.FRESH, EpochPolicy.AUTOMATIC);
  private long offset;

  @Test
  void initialRowsStandBelowEveryStreamedChange() {
    assertEquals(new Position(0, 500, 0), position(snapshot(500, Snapshot.INITIAL, 10)));
    assertEquals(new Position(0, 510, 520), position(streamed(510, 520, 20)));
  }

  @Test
  void aStraddlerBelowTheSnapshotsLsnStandsAboveItsRows() {
    position(snapshot(500, Snapshot.INITIAL_LAST, 10));
    Position straddler = position(streamed(SourcePosition.NONE, 480, 9));
    assertEquals(new Position(0, 500, 480), straddler);
    assertTrue(new Position(0, 500, 0).isBelow(straddler));
  }

  @Test
  void interleavedTransactionsKeepCommitOrder() {
    Position t2 = position(streamed(150, 200, 10));
    Position t1First = position(streamed(210, 100, 20));
    Position t1Second = position(streamed(210, 300, 20));
    assertTrue(t2.isBelow(t1First) && t1First.isBelow(t1Second));
    assertEquals(0, figure("EpochsTotal"));
  }

  @Test
  void aRedeliveredRecordIsSkipped() {
    position(streamed(100, 110, 10));
    position(streamed(120, 130, 20));
    offset = 0;
    assertEquals(Verdict.REDELIVERED, admit(streamed(100, 110, 10)).verdict());
    assertEquals(2, ledger.nextOffset());
  }

  @Test
  void aReemittedChangeAtANewOffsetIsKnownAsRepeated() {
    position(streamed(100, 110, 10));
    position(streamed(120, 130, 20));
    FilterDecision again = admit(streamed(100, 110, 10));
    assertEquals(Verdict.REPEATED, again.verdict());
    assertEquals(0, again.position().epoch());
  }

  @Test
  void tombstoneStandsWithTheEventBeforeIt() {
    position(streamed(100, 110, 10));
    position(streamed(120, 130, 20));
    assertEquals(new Position(0, 120, 130), position(SourcePosition.UNKNOWN));
    position(streamed(100, 110, 10));
    assertEquals(new Position(0, 100, 110), position(SourcePosition.UNKNOWN));
  }

  @Test
  void tombstoneDoesNotFollowAReplayedDeadLetter() {
    position(streamed(100, 110, 10));
    position(streamed(120, 130, 20));
    position(streamed(100, 110, 10));
    ledger.passedReplay();
    assertEquals(new Position(0, 120, 130), position(SourcePosition.UNKNOWN));
  }

  @Test
  void lowerLsnsCommittedLaterBeginAnEpoch() {
    position(streamed(9_000, 9_010, 10));
    assertEquals(new Position(1, 50, 60), position(streamed(50, 60, 20)));
    assertEquals(new Position(1, 70, 80), position(streamed(70, 80, 30)));
    assertEquals(1, figure("EpochsTotal"));
  }

  @Test
  void aLowerSnapshotOfANewClusterBeginsAnEpoch() {
    position(streamed(9_000, 9_010, 10));
    assertEquals(new Position(1, 50, 0), position(snapshot(50, Snapshot.INITIAL, 20)));
    assertEquals(new Position(1, 50, 40), position(streamed(SourcePosition.NONE, 40, 21)));
  }

  @Test
  void theFirstTransactionOfANewClusterWithoutSnapshotBeginsAnEpoch() {
    position(streamed(9_000, 9_010, 10));
    assertEquals(new Position(1, 40, 40), position(streamed(SourcePosition.NONE, 40, 20)));
  }

  @Test
  void anIncrementalRowBeginsNoEpochAndDatesNothing() {
    position(streamed(9_000, 9_010, 10));
    position(new SourcePosition(SOURCE, 8_000, 8_010, Snapshot.INCREMENTAL, 99));
    assertEquals(0, figure("EpochsTotal"));
    assertEquals(10, ledger.latestCommitMicros());
  }

  @Test
  void lsnsWithoutASequenceGoDownWithoutANewEpoch() {
    position(streamed(SourcePosition.UNSEQUENCED, 200, 10));
    position(streamed(SourcePosition.UNSEQUENCED, 100, 20));
    position(streamed(SourcePosition.UNSEQUENCED, 300, 20));
    assertEquals(0, figure("EpochsTotal"));
  }

  @Test
  void newDataAtOffsetsOfARecreatedTopicIsTaken() {
    position(streamed(100, 110, 10));
    position(streamed(120, 130, 20));
    offset = 0;
    assertEquals(Verdict.NEW, admit(snapshot(500, Snapshot.INITIAL, 30)).verdict());
    assertEquals(1, ledger.nextOffset());
    assertEquals(1, figure("TopicRestartsTotal"));
  }

  @Test
  void aRecreatedTopicOfALowerClusterBeginsAnEpochToo() {
    position(streamed(9_000, 9_010, 10));
    position(streamed(9_020, 9_030, 20));
    offset = 0;
    FilterDecision first = admit(snapshot(50, Snapshot.INITIAL, 30));
    assertEquals(Verdict.NEW, first.verdict());
    assertEquals(new Position(1, 50, 0), first.position());
  }

  @Test
  void anOldEpochsRecordReadAgainIsNoNewTopic() {
    position(streamed(9_000, 9_010, 10));
    position(streamed(50, 60, 20));
    offset = 0;
    assertEquals(Verdict.REDELIVERED, admit(streamed(9_000, 9_010, 10)).verdict());
    assertEquals(0, figure("TopicRestartsTotal"));
  }

  @Test
  void aStraddlerReadAgainAfterALaterSnapshotIsNoNewTopic() {
    position(snapshot(500, Snapshot.INITIAL_LAST, 10));
    position(streamed(SourcePosition.NONE, 480, 11));
    position(snapshot(1_000, Snapshot.INITIAL_LAST, 20));
    offset = 1;
    assertEquals(Verdict.REDELIVERED, admit(streamed(SourcePosition.NONE, 480, 11)).verdict());
  }

  @Test
  void recordsWithoutALsnTakeTheirPlaceByArrival() {
    position(streamed(100, 110, 10));
    assertEquals(new Position(0, 100, 110), position(SourcePosition.UNKNOWN));
  }

  @Test
  void theLastRowOrTheFirstLaterChangeCompletesASnapshot() {
    position(snapshot(500, Snapshot.INITIAL, 10));
    assertTrue(ledger.justCompleted().isEmpty());
    position(streamed(510, 520, 20));
    assertEquals(500, ledger.justCompleted().getAsLong());
    position(snapshot(600, Snapshot.INITIAL_LAST, 30));
    assertEquals(600, ledger.justCompleted().getAsLong());
    position(streamed(610, 620, 40));
    assertTrue(ledger.justCompleted().isEmpty());
  }

  @Test
  void theOperatorsEpochTakesEffectFromTheNextRecord() {
    ledger =
        ledger(
            new PartitionState(7, new Position(0, 900, 910), 500, 500, 10),
            EpochPolicy.automaticFrom(3));
    offset = 7;
    assertEquals(new Position(3, 50, 60), position(streamed(50, 60, 5)));
  }

  private PartitionProgress ledger(PartitionState state, EpochPolicy policy) {
    HistoryBook book = new HistoryBook(policy);
    book.learn(CarriedOver.histories(List.of(state)));
    return new PartitionProgress(PARTITION, state, book, metrics);
  }

  private Position position(SourcePosition mark) {
    return admit(mark).position();
  }

  private FilterDecision admit(SourcePosition mark) {
    return ledger.admit(offset++, mark);
  }

  private long figure(String name) {
    return metrics.figures().get(name).value().getAsLong();
  }

  private static SourcePosition streamed(long commitLsn, long lsn, long micros) {
    return new SourcePosition(SOURCE, commitLsn, lsn, Snapshot.NO, micros);
  }

  private static SourcePosition snapshot(long lsn, Snapshot kind, long micros) {
    return new SourcePosition(SOURCE, SourcePosition.NONE, lsn, kind, micros);
  }
}
