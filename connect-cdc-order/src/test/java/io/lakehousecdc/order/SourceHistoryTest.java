// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import static io.lakehousecdc.order.StreamCase.initial;
import static io.lakehousecdc.order.StreamCase.last;
import static io.lakehousecdc.order.StreamCase.read;
import static io.lakehousecdc.order.StreamCase.streamed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.SourcePosition.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

class SourceHistoryTest {
  /** What is tabled under "sink" and "transform" are the rules that these have chosen. */
  private static final HistoryRules SINK =
      new HistoryRules(EpochPolicy.automatic(EpochEvidence.LATER_COMMIT), SnapshotBase.LATEST);

  private static final HistoryRules TRANSFORM =
      new HistoryRules(
          EpochPolicy.automatic(EpochEvidence.FIRST_OR_LATER_COMMIT), SnapshotBase.HIGHEST);

  /** Streams that all rules place alike. */
  static final List<StreamCase> ALIKE =
      List.of(
          new StreamCase("interleaved transactions are in the order of their commits")
              .with(streamed(150, 200, 10), "0/150/200")
              .with(streamed(210, 100, 20), "0/210/100")
              .with(streamed(210, 300, 20), "0/210/300"),
          new StreamCase("rows of a COPY tie")
              .with(streamed(100, 110, 10), "0/100/110")
              .with(streamed(100, 110, 10), "0/100/110")
              .with(streamed(100, 110, 10), "0/100/110"),
          new StreamCase("rows of an initial snapshot stand below every change streamed after it")
              .with(initial(500, 10), "0/500/0")
              .with(initial(500, 11), "0/500/0")
              .with(streamed(510, 520, 20), "0/510/520"),
          new StreamCase("an initial snapshot that starts again is above the first attempt")
              .with(initial(500, 10), "0/500/0")
              .with(initial(530, 20), "0/530/0"),
          new StreamCase("a transaction that straddles the snapshot stands above its rows")
              .with(last(500, 10), "0/500/0")
              .with(streamed(SourcePosition.NONE, 480, 9), "0/500/480")
              .with(streamed(510, 520, 20), "0/510/520"),
          new StreamCase("a suffix that is emitted again repeats its commit times")
              .with(streamed(100, 110, 10), "0/100/110")
              .with(streamed(120, 130, 20), "0/120/130")
              .with(streamed(100, 110, 10), "below 0/100/110")
              .with(streamed(120, 130, 20), "0/120/130"),
          new StreamCase("a lower position that was committed later begins an epoch")
              .with(streamed(9_000, 9_010, 10), "0/9000/9010")
              .with(streamed(50, 60, 20), "1/50/60, not 0/50/60 below 0/9000/9010")
              .with(streamed(70, 80, 30), "1/70/80")
              .with(streamed(50, 60, 20), "below 1/50/60"),
          new StreamCase("a lower position at the same commit time begins none")
              .with(streamed(9_000, 9_010, 10), "0/9000/9010")
              .with(streamed(50, 60, 10), "below 0/50/60"),
          new StreamCase("a lower position without a commit time begins none")
              .with(streamed(9_000, 9_010, 10), "0/9000/9010")
              .with(streamed(50, 60, 0), "below 0/50/60"),
          new StreamCase("a later commit at a higher position begins none")
              .with(streamed(100, 110, 10), "0/100/110")
              .with(streamed(9_000, 9_010, 20), "0/9000/9010"),
          new StreamCase("epochs follow each other")
              .with(streamed(9_000, 9_010, 10), "0/9000/9010")
              .with(streamed(50, 60, 20), "1/50/60, not 0/50/60 below 0/9000/9010")
              .with(streamed(40, 45, 30), "2/40/45, not 1/40/45 below 1/50/60"),
          new StreamCase("a lower snapshot of another cluster begins an epoch and is its own base")
              .with(initial(5_000, 5), "0/5000/0")
              .with(streamed(9_000, 9_010, 10), "0/9000/9010")
              .with(initial(50, 20), "1/50/0, not 0/50/0 below 0/9000/9010")
              .with(initial(50, 21), "1/50/0")
              .with(streamed(SourcePosition.NONE, 40, 22), "1/50/40"),
          new StreamCase("rows of an incremental snapshot stand at their sequence")
              .with(streamed(100, 110, 10), "0/100/110")
              .with(read(Snapshot.INCREMENTAL, 150, 150, 99), "0/150/150")
              .with(streamed(200, 210, 20), "0/200/210"),
          new StreamCase("rows of an incremental snapshot begin no epoch and date nothing")
              .with(streamed(9_000, 9_010, 10), "0/9000/9010")
              .with(read(Snapshot.INCREMENTAL, 8_000, 8_010, 99), "below 0/8000/8010")
              .with(streamed(50, 60, 20), "1/50/60, not 0/50/60 below 0/9000/9010"),
          new StreamCase("rows of a blocking snapshot tie with the change after them")
              .with(streamed(100, 110, 10), "0/100/110")
              .with(read(Snapshot.BLOCKING, 120, 120, 99), "0/120/120")
              .with(streamed(120, 120, 20), "0/120/120"),
          new StreamCase("rows of a blocking snapshot begin no epoch and date nothing")
              .with(streamed(400, 410, 10), "0/400/410")
              .with(read(Snapshot.BLOCKING, 400, 410, 15), "0/400/410")
              .with(streamed(500, 510, 16), "0/500/510")
              .with(read(Snapshot.BLOCKING, 400, 410, 90), "below 0/400/410")
              .with(streamed(50, 60, 20), "1/50/60, not 0/50/60 below 0/500/510"),
          new StreamCase("an event without an LSN has no position and moves nothing")
              .with(streamed(100, 110, 10), "0/100/110")
              .with(SourcePosition.UNKNOWN, "none")
              .with(streamed(100, 110, 10), "0/100/110"));

  /** Streams that the rules place differently: what the sink does, then what the transform does. */
  static final List<StreamCase> DIFFERENT =
      List.of(
          new StreamCase("streamed before the first commit, its snapshot not seen")
              .with(streamed(SourcePosition.NONE, 200, 10), "0/200/200", "none")
              .with(streamed(210, 220, 20), "0/210/220", "0/210/220"),
          new StreamCase("a stream of LSNs without commit LSNs")
              .with(streamed(SourcePosition.NONE, 200, 10), "0/200/200", "none")
              .with(streamed(SourcePosition.NONE, 100, 20), "below 0/100/100", "none")
              .with(streamed(SourcePosition.NONE, 300, 20), "0/300/300", "none"),
          new StreamCase("a row of an older snapshot that is emitted again")
              .with(initial(500, 10), "0/500/0", "0/500/0")
              .with(initial(530, 20), "0/530/0", "0/530/0")
              .with(initial(500, 10), "below 0/500/0", "below 0/500/0")
              .with(
                  streamed(SourcePosition.NONE, 540, 30),
                  "1/540/540, not 0/500/540 below 0/530/0",
                  "0/530/540"),
          new StreamCase("another cluster without a snapshot, after a position of two equal LSNs")
              .with(initial(5_000, 5), "0/5000/0", "0/5000/0")
              .with(streamed(6_000, 6_000, 10), "0/6000/6000", "0/6000/6000")
              .with(
                  streamed(SourcePosition.NONE, 40, 20),
                  "below 0/5000/40",
                  "epoch 1, not 0/5000/40 below 0/6000/6000"),
          new StreamCase("another cluster without a snapshot, after a position of two LSNs")
              .with(initial(5_000, 5), "0/5000/0", "0/5000/0")
              .with(streamed(6_000, 6_010, 10), "0/6000/6010", "0/6000/6010")
              .with(
                  streamed(SourcePosition.NONE, 40, 20),
                  "1/40/40, not 0/5000/40 below 0/6000/6010",
                  "epoch 1, not 0/5000/40 below 0/6000/6010"),
          new StreamCase("the first commit time of a stream comes with a lower position")
              .with(read(Snapshot.INCREMENTAL, 150, 150, 99), "0/150/150", "0/150/150")
              .with(
                  streamed(100, 110, 10),
                  "below 0/100/110",
                  "1/100/110, not 0/100/110 below 0/150/150"));

  @ParameterizedTest(name = "{0}")
  @FieldSource("ALIKE")
  void allRulesPlaceAlike(StreamCase stream) {
    assertEquals(stream.sinkPlacements(), stream.placedBy(SINK));
    assertEquals(stream.transformPlacements(), stream.placedBy(TRANSFORM));
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("DIFFERENT")
  void rulesDifferWhereTheySay(StreamCase stream) {
    assertEquals(stream.sinkPlacements(), stream.placedBy(SINK), "sink");
    assertEquals(stream.transformPlacements(), stream.placedBy(TRANSFORM), "transform");
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("ALIKE")
  void historyTakenUpFromItsStateGoesOnAsIfItHadNeverStopped(StreamCase stream) {
    List<String> placements = new ArrayList<>();
    HistoryState state = HistoryState.fresh(0);
    for (SourcePosition event : stream.events()) {
      SourceHistory history = new SourceHistory(state, SINK);
      placements.add(StreamCase.text(history, history.advance(event)));
      state = history.state();
    }
    assertEquals(stream.sinkPlacements(), placements);
  }

  @Test
  void operatorsEpochStaysAndEveryLowerPositionIsOnlyThat() {
    HistoryRules fixed = new HistoryRules(EpochPolicy.fixed(3), SnapshotBase.HIGHEST);
    StreamCase stream =
        new StreamCase("another cluster")
            .with(streamed(5_000, 5_010, 10), "3/5000/5010")
            .with(streamed(100, 110, 20), "below 3/100/110");
    assertEquals(stream.transformPlacements(), stream.placedBy(fixed));
    assertFalse(fixed.epochs().isAutomatic());
    assertTrue(SINK.epochs().isAutomatic());
  }

  @Test
  void historyIsInTheFirstEpochOfItsRulesAtLeast() {
    HistoryRules third =
        new HistoryRules(new EpochPolicy(3, EpochEvidence.LATER_COMMIT), SnapshotBase.LATEST);
    HistoryState second = new HistoryState(new Position(2, 900, 910), 500, 500, 10);
    assertEquals(second.inEpochFrom(3), new SourceHistory(second, third).state());
    HistoryState fourth = new HistoryState(new Position(4, 900, 910), 500, 500, 10);
    assertEquals(fourth, new SourceHistory(fourth, third).state());
  }

  @Test
  void rulesAreComplete() {
    assertThrows(NullPointerException.class, () -> EpochPolicy.automatic(null));
    assertThrows(NullPointerException.class, () -> new HistoryRules(null, SnapshotBase.LATEST));
    assertThrows(NullPointerException.class, () -> new HistoryRules(EpochPolicy.fixed(0), null));
  }

  @Test
  void lookingUpAPositionMovesNothing() {
    SourceHistory history = new SourceHistory(HistoryState.fresh(0), TRANSFORM);
    history.advance(streamed(100, 110, 10));
    HistoryState before = history.state();
    assertEquals(Optional.of(new Position(0, 200, 210)), history.position(streamed(200, 210, 20)));
    assertEquals(Optional.empty(), history.position(streamed(SourcePosition.NONE, 90, 20)));
    assertEquals(before, history.state());
  }

  @Test
  void eventWithoutAPositionStillDatesTheStream() {
    SourceHistory history = new SourceHistory(HistoryState.fresh(0), TRANSFORM);
    history.advance(streamed(SourcePosition.NONE, 90, 20));
    assertEquals(20, history.latestCommitMicros());
    assertEquals(Position.START, history.highWater());
  }

  @Test
  void lastRowOrFirstLaterChangeCompletesASnapshot() {
    SourceHistory history = new SourceHistory(HistoryState.fresh(0), SINK);
    assertEquals(OptionalLong.empty(), completedBy(history, initial(500, 10)));
    assertEquals(
        OptionalLong.empty(), completedBy(history, read(Snapshot.INCREMENTAL, 505, 505, 10)));
    assertEquals(OptionalLong.of(500), completedBy(history, streamed(510, 520, 20)));
    assertEquals(OptionalLong.of(600), completedBy(history, last(600, 30)));
    assertEquals(OptionalLong.of(600), completedBy(history, last(600, 31)), "another table's");
    assertEquals(OptionalLong.empty(), completedBy(history, streamed(610, 620, 40)));
    assertEquals(OptionalLong.empty(), completedBy(history, initial(700, 50)));
    assertEquals(OptionalLong.of(700), completedBy(history, read(Snapshot.BLOCKING, 710, 710, 60)));
    assertEquals(700, history.state().completedSnapshotLsn());
  }

  @Test
  void epochForgetsTheSnapshotsBeforeIt() {
    SourceHistory history = new SourceHistory(HistoryState.fresh(0), SINK);
    history.advance(last(5_000, 10));
    history.advance(streamed(9_000, 9_010, 20));
    history.advance(streamed(50, 60, 30));
    assertEquals(
        new HistoryState(new Position(1, 50, 60), SourcePosition.NONE, SourcePosition.NONE, 30),
        history.state());
  }

  @Test
  void snapshotIsCompletedFromOutsideInItsOwnEpochOnly() {
    SourceHistory history = new SourceHistory(HistoryState.fresh(1), SINK);
    history.advance(initial(500, 10));
    history.completeSnapshot(new Position(0, 900, 0));
    assertFalse(history.isPast(new Position(1, 500, 0)));
    history.completeSnapshot(new Position(1, 500, 0));
    assertTrue(history.isPast(new Position(1, 500, 0)));
    history.completeSnapshot(new Position(1, 400, 0));
    assertEquals(500, history.state().completedSnapshotLsn());
  }

  @ParameterizedTest
  @EnumSource
  void timeOfReadingIsNoCommitTime(Snapshot kind) {
    boolean dated = kind != Snapshot.INCREMENTAL && kind != Snapshot.BLOCKING;
    SourcePosition event = new SourcePosition(100, 110, kind, 20);
    assertEquals(dated, event.hasCommitTime());
    assertEquals(dated, event.isCommittedAfter(19));
    assertFalse(event.isCommittedAfter(20));
    assertFalse(new SourcePosition(100, 110, kind, 0).hasCommitTime());
  }

  private static OptionalLong completedBy(SourceHistory history, SourcePosition event) {
    history.advance(event);
    return history.justCompleted();
  }
}
