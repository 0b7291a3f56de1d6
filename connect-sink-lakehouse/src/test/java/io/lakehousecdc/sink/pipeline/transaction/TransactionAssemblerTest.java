// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline.transaction;

import static io.lakehousecdc.sink.pipeline.transaction.AssembledModel.PATIENCE;
import static io.lakehousecdc.sink.pipeline.transaction.AssembledModel.QUIET;
import static io.lakehousecdc.sink.pipeline.transaction.SourceModel.BOUNDARIES;
import static io.lakehousecdc.sink.pipeline.transaction.SourceModel.of;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.Seeds;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TransactionInfo;
import io.lakehousecdc.sink.change.TransactionInfo.Begin;
import io.lakehousecdc.sink.change.TransactionInfo.End;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.pipeline.transaction.AssemblyOptions.TooLarge;
import io.lakehousecdc.sink.pipeline.transaction.SourceModel.Counting;
import io.lakehousecdc.sink.spi.SourceProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransactionAssemblerTest {
  private static final SourcePartition ORDERS = of("orders", 0);
  private static final SourcePartition LINES = of("lines", 0);

  private final SourceModel source = new SourceModel().table("orders", 1).table("lines", 1);

  @Test
  void changesWaitForTheEndAndForTheOtherTables() {
    source.begin("1").change("orders", 0, "o").change("lines", 0, "l").end();
    AssembledModel sink = new AssembledModel(source).readAll(ORDERS).readAll(BOUNDARIES);
    assertEquals(List.of(), sink.changes());
    sink.readAll(LINES);
    assertEquals(List.of(List.of("l", "o")), sink.changes());
    assertEquals("1", sink.reached.get(0).transaction());
  }

  @Test
  void changesWaitForTheEndIfItComesLast() {
    source.begin("1").change("orders", 0, "o").change("lines", 0, "l").end();
    AssembledModel sink =
        new AssembledModel(source).read(BOUNDARIES, 1).readAll(LINES).readAll(ORDERS);
    assertEquals(List.of(), sink.changes());
    assertEquals(List.of(List.of("l", "o")), sink.readAll(BOUNDARIES).changes());
  }

  @Test
  void transactionsFollowEachOtherInTheOrderOfTheirEnds() {
    source.begin("7").change("orders", 0, "first").end();
    source.begin("3").change("lines", 0, "second").end();
    AssembledModel sink = new AssembledModel(source).readAll(BOUNDARIES).readAll(LINES);
    assertEquals(List.of(), sink.changes());
    assertEquals(List.of(List.of("first"), List.of("second")), sink.readAll(ORDERS).changes());
  }

  @Test
  void whatWaitsIsNotPastTheFirstOffset() {
    source.read("orders", 0, "r").begin("1").change("orders", 0, "o").end();
    AssembledModel sink = new AssembledModel(source).readAll(ORDERS).read(BOUNDARIES, 1);
    assertEquals(OptionalLong.of(1), sink.assembler.firstOffset(ORDERS));
    assertEquals(OptionalLong.of(0), sink.assembler.firstOffset(BOUNDARIES));
    sink.readAll(BOUNDARIES);
    assertEquals(OptionalLong.empty(), sink.assembler.firstOffset(ORDERS));
    assertEquals(OptionalLong.empty(), sink.assembler.firstOffset(BOUNDARIES));
  }

  @Test
  void rowsOfASnapshotWaitForNothingButWhatIsBeforeThem() {
    source.read("orders", 0, "r1").begin("1").change("orders", 0, "o").read("orders", 0, "r2");
    source.change("lines", 0, "l").end();
    AssembledModel sink = new AssembledModel(source).readAll(ORDERS);
    assertEquals(List.of(List.of("r1")), sink.changes());
    sink.readAll(BOUNDARIES).readAll(LINES);
    assertEquals(List.of(List.of("r1"), List.of("l", "o", "r2")), sink.changes());
  }

  @Test
  void tablesThatAreNotReadAreLeftOut() {
    source.begin("1").change("orders", 0, "o").change("secrets", 0, "s").end();
    AssembledModel sink = new AssembledModel(source).readAll(ORDERS).readAll(BOUNDARIES);
    assertEquals(List.of(List.of("o")), sink.changes());
    assertTrue(sink.warnings.get(0).contains("public.secrets"));
  }

  @Test
  void topicsThatWillBeReadAreWaitedFor() {
    source.begin("1").change("orders", 0, "o").change("new", 0, "n").end();
    AssembledModel sink =
        new AssembledModel(source, 1 << 20, Set.of("shop.public.new"))
            .readAll(ORDERS)
            .readAll(BOUNDARIES);
    assertEquals(List.of(), sink.changes());
    assertEquals(List.of(List.of("o")), sink.waits(PATIENCE).changes());
  }

  @Test
  void aLaterTransactionOfThePartitionsProvesThatNothingIsMissing() {
    source.begin("1").change("orders", 0, "o").change("lines", 0, "l").end();
    source.begin("2").change("lines", 0, "m").end();
    // A transform has dropped it.
    source.log().get(LINES).remove(0);
    AssembledModel sink =
        new AssembledModel(source).readAll(ORDERS).readAll(BOUNDARIES).readAll(LINES);
    assertEquals(List.of(List.of("o"), List.of("m")), sink.changes());
    assertEquals(List.of(), sink.warnings);
  }

  @Test
  void aChangeThatNeverComesIsGivenUpWithAWarning() {
    source.begin("1").change("orders", 0, "o").change("lines", 0, "l").end();
    AssembledModel sink = new AssembledModel(source).readAll(ORDERS).readAll(BOUNDARIES);
    assertEquals(List.of(List.of("o")), sink.waits(PATIENCE).changes());
    assertTrue(sink.warnings.get(0).contains("public.lines (0 of 1)"), sink.warnings.get(0));
    assertEquals(List.of(List.of("o"), List.of("l")), sink.readAll(LINES).changes());
  }

  @Test
  void anEndThatNeverComesIsGivenUpWithAWarning() {
    source.begin("1").change("orders", 0, "o").change("orders", 0, "p");
    AssembledModel sink = new AssembledModel(source).readAll(ORDERS).readAll(BOUNDARIES);
    assertEquals(List.of(List.of("o"), List.of("p")), sink.waits(PATIENCE).changes());
    assertTrue(sink.warnings.get(0).contains("transaction"), sink.warnings.get(0));
  }

  @Test
  void aTransactionWithoutAnEndComesWithTheNext() {
    source.begin("1").change("orders", 0, "o");
    source.begin("2").change("lines", 0, "l").end();
    AssembledModel sink =
        new AssembledModel(source).readAll(ORDERS).readAll(LINES).readAll(BOUNDARIES);
    assertEquals(List.of(List.of("l", "o")), sink.changes());
  }

  @Test
  void whatTheSourceSendsAgainWaitsForNothing() {
    source.begin("1").change("orders", 0, "o").change("lines", 0, "l").end();
    int safe = source.sent() - 1;
    source.restart(safe, Counting.BEGINS_ANEW);
    source.begin("2").change("orders", 0, "p").end();
    AssembledModel sink =
        new AssembledModel(source).readAll(ORDERS).readAll(LINES).readAll(BOUNDARIES);
    assertEquals(List.of(List.of("l", "o"), List.of("p")), sink.changes());
    assertEquals(List.of("1", "2"), sink.reached.stream().map(end -> end.transaction()).toList());
  }

  /** A row that the second has deleted would come back for a moment. */
  @Test
  void whatWasAppliedBeforeComesTogetherAfterARestart() {
    source.begin("1").change("orders", 0, "created").end();
    source.begin("2").change("orders", 0, "deleted").end();
    source.begin("3").change("lines", 0, "new").end();
    AssembledModel sink = new AssembledModel(source);
    End second = (End) source.log().get(BOUNDARIES).get(3).info().orElseThrow();
    sink.assembler.begin(
        source.log().keySet(),
        List.of(new SourceProgress("shop", "2", second.lsn(), second.commitMillis())));
    sink.read(ORDERS, 1).read(BOUNDARIES, 2);
    assertEquals(List.of(), sink.changes());
    assertEquals(OptionalLong.of(0), sink.assembler.firstOffset(ORDERS));
    sink.readAll(ORDERS).readAll(BOUNDARIES);
    assertEquals(List.of(List.of("created", "deleted")), sink.changes());
    sink.readAll(LINES);
    assertEquals(List.of("3"), sink.reached.stream().map(End::transaction).toList());
  }

  /** It has counted changes that it does not send again. */
  @Test
  void aRepetitionIsNotWaitedForWhileOthersGoOn() {
    source.begin("1").change("orders", 0, "o").change("orders", 0, "p").end();
    AssembledModel sink = new AssembledModel(source).readAll(ORDERS).readAll(BOUNDARIES);
    source.restart(source.sent() - 2, Counting.GOES_ON);
    sink.readAll(ORDERS).readAll(BOUNDARIES);
    for (int i = 2; i < 12; i++) {
      source.begin("" + i).change("orders", 0, "q" + i).end();
      sink.readAll(ORDERS).readAll(BOUNDARIES).waits(QUIET.dividedBy(4));
    }
    assertEquals(11, sink.reached.size());
  }

  /** It has counted only the second change. */
  @Test
  void countsOfASourceThatWasRestartedWithinATransactionAreNotTrusted() {
    source.begin("1").change("orders", 0, "o").change("lines", 0, "l");
    source.restart(2, Counting.BEGINS_ANEW).end();
    AssembledModel sink = new AssembledModel(source).readAll(LINES).readAll(BOUNDARIES);
    assertEquals(List.of(), sink.changes());
    sink.readAll(ORDERS);
    assertEquals(List.of(), sink.changes());
    assertEquals(List.of(List.of("l", "l", "o")), sink.waits(QUIET).changes());
    assertEquals(List.of(), sink.warnings);
  }

  @Test
  void aTransactionThatTakesTooMuchRoomIsHandedOverInParts() {
    source.begin("1");
    for (int i = 0; i < 10; i++) {
      source.change("orders", 0, "o" + i);
    }
    source.change("lines", 0, "l").end();
    source.begin("2").change("orders", 0, "p").change("lines", 0, "m").end();
    AssembledModel sink = new AssembledModel(source, 500, Set.of()).readAll(BOUNDARIES);
    sink.read(ORDERS, 9);
    assertEquals(9, sink.changes().size());
    assertTrue(sink.warnings.get(0).contains("buffer.max.bytes"), sink.warnings.get(0));
    sink.readAll(ORDERS).readAll(LINES);
    List<List<String>> changes = sink.changes();
    assertEquals(List.of("m", "p"), changes.get(changes.size() - 1));
    assertEquals(1, sink.warnings.size());
  }

  @Test
  void aTransactionThatTakesTooMuchRoomIsAnErrorWhereItMustNotBeSeenInParts() {
    source.begin("0").change("orders", 0, "n").end();
    source.begin("1");
    for (int i = 0; i < 10; i++) {
      source.change("orders", 0, "o" + i);
    }
    source.end();
    AssembledModel sink =
        new AssembledModel(source, 500, TooLarge.FAIL, Set.of()).readAll(BOUNDARIES);
    FatalException refusal = assertThrows(FatalException.class, () -> sink.read(ORDERS, 9));
    assertTrue(refusal.getMessage().contains("buffer.max.bytes"), refusal.getMessage());
    assertEquals(List.of(List.of("n")), sink.changes());
    assertEquals(List.of(), sink.warnings);
  }

  @ParameterizedTest
  @EnumSource(TooLarge.class)
  void aRepetitionThatTakesTooMuchRoomShowsThePastOrIsAnError(TooLarge tooLarge) {
    for (int i = 1; i <= 10; i++) {
      source.begin("" + i).change("orders", 0, "o" + i).end();
    }
    source.restart(0, Counting.BEGINS_ANEW);
    AssembledModel sink = new AssembledModel(source, 500, tooLarge, Set.of());
    sink.read(BOUNDARIES, 20).read(ORDERS, 10);
    assertEquals(10, sink.changes().size());
    Executable again = () -> sink.read(BOUNDARIES, 18).read(ORDERS, 9);
    if (tooLarge == TooLarge.FAIL) {
      FatalException refusal = assertThrows(FatalException.class, again);
      assertTrue(refusal.getMessage().contains("rows of the past"), refusal.getMessage());
      assertEquals(10, sink.changes().size());
    } else {
      assertDoesNotThrow(again);
      assertTrue(sink.changes().size() > 10);
      assertEquals(1, sink.warnings.size());
    }
  }

  @Test
  void partitionsThatAreAheadArePausedAndNoOthers() {
    source.begin("1").change("lines", 0, "l").end();
    for (int i = 2; i < 12; i++) {
      source.begin("" + i).change("orders", 0, "o" + i).end();
    }
    AssembledModel sink = new AssembledModel(source, 500, Set.of());
    sink.readAll(BOUNDARIES).readAll(ORDERS);
    assertEquals(Set.of(BOUNDARIES, ORDERS), sink.assembler.paused());
    sink.readAll(LINES);
    assertEquals(Set.of(), sink.assembler.paused());
    assertEquals(11, sink.changes().size());
  }

  @Test
  void aNewHistoryWithLowerLsnsIsNoRepetition() {
    source.begin("900").change("orders", 0, "o").end();
    AssembledModel sink = new AssembledModel(source).readAll(ORDERS).readAll(BOUNDARIES);
    sink.assembler.accept(
        new Arrival<>(null, new RecordOffset(BOUNDARIES, 2), 100),
        Optional.of(new Begin("shop", "5", 5_000)));
    sink.assembler.accept(
        new Arrival<>(null, new RecordOffset(BOUNDARIES, 3), 100),
        Optional.of(new End("shop", "5", 5_000, 7, Map.of("public.orders", 1L))));
    sink.waits(QUIET);
    assertEquals(1, sink.reached.size(), "it waits for its change");
  }

  @Test
  void aTopicOfTransactionsWithSeveralPartitionsIsRefused() {
    AssembledModel sink = new AssembledModel(source);
    Optional<TransactionInfo> begin = Optional.of(new Begin("shop", "1", 1));
    sink.assembler.accept(new Arrival<>(null, new RecordOffset(BOUNDARIES, 0), 1), begin);
    SourcePartition second = new SourcePartition(BOUNDARIES.topic(), 1);
    assertThrows(
        FatalException.class,
        () -> sink.assembler.accept(new Arrival<>(null, new RecordOffset(second, 0), 1), begin));
  }

  @Test
  void restartTellsWhereToReadAgain() {
    source.begin("1").change("orders", 0, "o").end();
    source.begin("2").change("orders", 0, "p").end();
    AssembledModel sink = new AssembledModel(source).read(BOUNDARIES, 3).readAll(ORDERS);
    assertEquals(Map.of(BOUNDARIES, 2L, ORDERS, 1L), sink.assembler.forget());
    assertEquals(0, sink.assembler.bytes());
  }

  /** Several tables and partitions, snapshots and restarts of the source, read in any order. */
  @ParameterizedTest
  @Seeds(200)
  void noTransactionIsTornWhateverTheOrderOfPartitions(long seed) {
    Random random = new Random(seed);
    SourceModel model = new SourceModel().table("a", 1).table("b", 2).table("c", 3);
    int changes = 0;
    int restarts = 0;
    for (int i = 0; i < 60; i++) {
      model.begin("t" + i);
      for (int j = random.nextInt(6); j > 0; j--) {
        changeAny(model, random, "e" + changes++);
        if (restarts < 3 && random.nextInt(40) == 0) {
          restarts++;
          model.restart(
              model.sent() - random.nextInt(Math.min(12, model.sent())),
              Counting.values()[random.nextInt(2)]);
        }
      }
      model.end();
      if (random.nextInt(10) == 0) {
        model.read("a", 0, "r" + i);
      }
      if (restarts < 3 && random.nextInt(40) == 0) {
        restarts++;
        model.restart(
            model.sent() - random.nextInt(Math.min(12, model.sent())),
            Counting.values()[random.nextInt(2)]);
      }
    }
    AssembledModel sink = new AssembledModel(model);
    sink.readAll(random);
    for (int i = 0; i < 20; i++) {
      sink.waits(QUIET);
    }
    assertEquals(Set.of(), sink.disordered(), "partitions out of order, or not handed over");
    assertEquals(List.of(), sink.warnings);
    assertEquals(Set.of(), sink.torn(), "torn transactions");
    assertEquals(
        IntStream.range(0, 60).mapToObj(i -> "t" + i).toList(),
        sink.reached.stream().map(End::transaction).toList());
    assertEquals(0, sink.assembler.bytes());
  }

  /** There is room for very few records, so that partitions are paused, and large ones torn. */
  @ParameterizedTest
  @Seeds(100)
  void littleRoomLocksNothingUp(long seed) {
    Random random = new Random(seed);
    SourceModel model = new SourceModel().table("a", 1).table("b", 2).table("c", 1);
    int changes = 0;
    for (int i = 0; i < 40; i++) {
      model.begin("t" + i);
      for (int j = random.nextInt(random.nextInt(8) == 0 ? 30 : 4); j > 0; j--) {
        changeAny(model, random, "e" + changes++);
      }
      model.end();
    }
    AssembledModel sink = new AssembledModel(model, 1_000, Set.of());
    sink.readAll(random);
    assertEquals(Set.of(), sink.disordered());
    List<String> large = new ArrayList<>(sink.torn());
    assertEquals(
        large.size(), sink.warnings.size(), "only large ones are torn, each with a warning");
  }

  private static void changeAny(SourceModel model, Random random, String id) {
    switch (random.nextInt(3)) {
      case 0 -> model.change("a", 0, id);
      case 1 -> model.change("b", random.nextInt(2), id);
      default -> model.change("c", 0, id);
    }
  }
}
