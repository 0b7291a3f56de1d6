// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.pipeline.FilterDecision.Verdict;
import io.lakehousecdc.sink.spi.PartitionState.ReplayState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each test hands events as text: what is kept of them is what the log has. */
class ReplayDetectorTest {
  private static final RowSchema KEYLESS =
      new RowSchema(List.of(new Column("v", Primitive.TEXT, true)), List.of());
  private static final RowSchema KEYED =
      new RowSchema(List.of(new Column("v", Primitive.TEXT, false)), List.of(0));

  private final List<String> kept = new ArrayList<>();
  private final List<Sent> sent = new ArrayList<>();
  private ReplayDetector detector = new ReplayDetector(ReplayState.NONE, null);
  private RowSchema schema = KEYLESS;
  private Position highWater = Position.LOWEST;
  private long run = 1;

  private record Sent(RowEvent event, FilterDecision decision, long run) {}

  @Test
  void eventsOfOnePositionAreAllKept() {
    send(10, "a", "b", "c", "a", "b");
    assertEquals(List.of("a", "b", "c", "a", "b"), kept);
  }

  @Test
  void groupThatComesAgainFromItsFirstEventIsRecognised() {
    send(10, "a", "b", "c", "b");
    run = 2;
    send(10, "a", "b", "c", "b", "d");
    assertEquals(List.of("a", "b", "c", "b", "d"), kept);
  }

  /** It may be the last one that comes again: then what follows is new. */
  @Test
  void nothingIsLostWhereItIsNotKnownWhichOfTwoIdenticalEventsComesAgain() {
    send(10, "a", "b", "a");
    run = 2;
    send(10, "a", "b", "c");
    assertEquals(List.of("a", "b", "a", "b", "c"), kept);
  }

  @Test
  void groupAfterALowerEventComesFromItsFirstEvent() {
    send(5, "z");
    send(10, "a", "a", "b");
    run = 2;
    send(5, "z");
    send(10, "a", "a", "b", "a", "b");
    assertEquals(List.of("z", "a", "a", "b", "a", "b"), kept);
  }

  @Test
  void groupAfterALowerEventIsRecognisedWithoutRuns() {
    run = 0;
    send(5, "z");
    send(10, "a", "a", "b");
    send(5, "z");
    send(10, "a", "a", "b", "a", "b");
    assertEquals(List.of("z", "a", "a", "b", "a", "b"), kept);
  }

  @Test
  void groupThatComesAgainFromItsMiddleIsRecognised() {
    send(10, "a", "b", "c", "d");
    run = 2;
    send(10, "b", "c", "d", "e", "f");
    assertEquals(List.of("a", "b", "c", "d", "e", "f"), kept);
  }

  @Test
  void runThatEndsInTheMiddleOfARepetitionIsFollowedByAnother() {
    send(5, "z");
    send(10, "a", "b", "c", "d");
    run = 2;
    send(5, "z");
    send(10, "a", "b");
    run = 3;
    send(10, "a", "b", "c", "d", "e");
    assertEquals(List.of("z", "a", "b", "c", "d", "e"), kept);
  }

  @Test
  void runThatGoesOnWithoutRepetitionLosesNothing() {
    send(10, "a", "b");
    run = 2;
    send(10, "c", "d");
    assertEquals(List.of("a", "b", "c", "d"), kept);
  }

  @Test
  void identicalRowsOfOneRunAreAllKept() {
    send(10, "x", "x", "x");
    assertEquals(List.of("x", "x", "x"), kept);
  }

  @Test
  void identicalRowsWithoutAKeyAreAllKeptWhereTheRunIsNotKnown() {
    run = 0;
    send(10, "x", "x", "x");
    assertEquals(List.of("x", "x", "x"), kept);
  }

  @Test
  void keyedRowsComeAgainFromTheMiddleWhereTheRunIsNotKnown() {
    run = 0;
    schema = KEYED;
    send(10, "a", "b", "c", "d");
    send(10, "c", "d", "e");
    assertEquals(List.of("a", "b", "c", "d", "e"), kept);
  }

  @Test
  void groupIsKnownAfterARestart() {
    send(5, "z");
    send(10, "a", "b", "c");
    restart();
    run = 2;
    send(10, "b", "c", "d");
    restart();
    run = 3;
    send(5, "z");
    send(10, "a", "b", "c", "d", "e");
    assertEquals(List.of("z", "a", "b", "c", "d", "e"), kept);
  }

  @Test
  void restartInTheMiddleOfARepetitionForgetsNoPlace() {
    send(5, "z");
    send(10, "a", "a", "b", "a");
    run = 2;
    send(5, "z");
    send(10, "a", "a");
    restart();
    send(10, "b", "a", "a", "c");
    assertEquals(List.of("z", "a", "a", "b", "a", "a", "c"), kept);
  }

  @Test
  void restartAfterALowerEventForgetsNoPlace() {
    send(5, "z");
    send(10, "a", "a");
    run = 2;
    send(5, "z");
    restart();
    send(10, "a", "a", "a");
    assertEquals(List.of("z", "a", "a", "a"), kept);
  }

  @Test
  void singleEventIsKnownAfterARestart() {
    send(10, "a");
    restart();
    run = 2;
    send(10, "a", "b");
    assertEquals(List.of("a", "b"), kept);
  }

  @Test
  void singleEventThatGoesOnInItsRunAfterARestartIsKept() {
    send(10, "a");
    restart();
    send(10, "a", "b");
    assertEquals(List.of("a", "a", "b"), kept);
  }

  /** The partition is read again for the group of another source's stream. */
  @Test
  void singleEventIsNotForgottenWhereOthersAreReadAgain() {
    send(5, "z");
    send(10, "a");
    run = 2;
    send(5, "z");
    ReplayState state = detector.state(highWater);
    detector = new ReplayDetector(state, highWater);
    recall(2);
    send(10, "a", "b");
    assertEquals(List.of("z", "a", "b"), kept);
  }

  /** Other partitions' changes are committed while this one is read again. */
  @Test
  void stateThatIsSavedWhileAGroupIsRecalledIsTheOneBefore() {
    send(10, "a", "b", "c", "d");
    for (int recalled = 0; recalled < 4; recalled++) {
      detector = new ReplayDetector(detector.state(highWater), highWater);
      recall(0, recalled);
    }
    restart();
    run = 2;
    send(10, "b", "c", "d", "e");
    assertEquals(List.of("a", "b", "c", "d", "e"), kept);
  }

  @Test
  void eventThatIsReadAgainAfterNewOnesIsNotRecalledAgain() {
    send(10, "a", "b");
    restart();
    send(10, "c");
    recall(0);
    run = 2;
    send(10, "a", "b", "c", "d");
    assertEquals(List.of("a", "b", "c", "d"), kept);
  }

  @Test
  void groupIsRecalledFromItsFirstEventOn() {
    send(5, "z");
    send(10, "a", "b");
    ReplayState state = detector.state(highWater);
    detector = new ReplayDetector(state, highWater);
    recall(0);
    run = 2;
    send(10, "b", "c");
    assertEquals(List.of("z", "a", "b", "c"), kept);
  }

  @Test
  void laterPositionBeginsAGroupOfItsOwn() {
    send(10, "a", "b");
    send(20, "a", "b");
    run = 2;
    send(10, "a", "b");
    send(20, "a", "b", "c");
    assertEquals(List.of("a", "b", "a", "b", "c"), kept);
  }

  /** Sends events at one position, as a partition brings them. */
  private void send(long lsn, String... values) {
    Position position = new Position(0, lsn, lsn);
    for (String value : values) {
      RowEvent event = event(value, lsn);
      boolean below = position.isBelow(highWater);
      FilterDecision decision =
          new FilterDecision(below ? Verdict.REPEATED : Verdict.NEW, position);
      highWater = Position.max(highWater, position);
      if (!detector.isRepeated(decision, event, sent.size(), run)) {
        kept.add(value);
      }
      sent.add(new Sent(event, decision, run));
    }
  }

  private RowEvent event(String value, long lsn) {
    return new RowEvent(
        History.TABLE,
        schema,
        Operation.CREATE,
        schema == KEYED ? RowKey.of(value) : RowKey.of(),
        new Object[] {value},
        null,
        new SourcePosition(History.SOURCE, lsn, lsn, Snapshot.NO, lsn));
  }

  /** Takes the detector up from its state, as a new task does. */
  private void restart() {
    ReplayState state = detector.state(highWater);
    detector = new ReplayDetector(state, highWater);
    recall(ReplayDetector.recallFrom(state, sent.size()));
  }

  private void recall(long from) {
    recall(from, sent.size());
  }

  private void recall(long from, long to) {
    for (long offset = from; offset < to; offset++) {
      Sent again = sent.get((int) offset);
      detector.recall(again.decision(), again.event(), offset, again.run());
    }
  }
}
