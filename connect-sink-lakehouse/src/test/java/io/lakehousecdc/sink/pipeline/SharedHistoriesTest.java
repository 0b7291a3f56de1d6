// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static io.lakehousecdc.sink.change.Operation.CREATE;
import static io.lakehousecdc.sink.change.Operation.DELETE;
import static io.lakehousecdc.sink.change.Operation.READ;
import static io.lakehousecdc.sink.change.Operation.UPDATE;
import static io.lakehousecdc.sink.pipeline.ItemTopics.at;
import static io.lakehousecdc.sink.pipeline.ItemTopics.initial;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Histories that one partition finds, and that hold for all. */
@Timeout(60)
class SharedHistoriesTest {
  private static final SourceId BLUE = History.SOURCE;
  private static final SourceId GREEN = new SourceId("green", "shop", "postgresql");
  private static final SourcePartition P0 = new SourcePartition("shop.public.item", 0);
  private static final SourcePartition P1 = new SourcePartition("shop.public.item", 1);
  private static final SourcePartition P2 = new SourcePartition("shop.public.item", 2);
  private static final SourcePartition G0 = new SourcePartition("green.public.item", 0);

  private final ItemTopics topics = new ItemTopics(P0, P1);

  @ParameterizedTest
  @EnumSource(
      value = DeleteMode.class,
      names = {"HARD", "SOFT"})
  void rowsAfterATruncateStayWhereOnlyOnePartitionHasSeenLsnsStartOver(DeleteMode mode) {
    topics.deletes(mode);
    busyFailsOverWhileQuietGoesOn();
    topics.truncate(P0, at(BLUE, 2_040, 2_050, 2_020));
    topics.add(P1, CREATE, 3, "n", at(BLUE, 2_060, 2_070, 2_030));
    topics.add(P1, CREATE, 5, "n", at(BLUE, 2_080, 2_090, 2_040));
    topics.add(P0, CREATE, 4, "n", at(BLUE, 2_100, 2_110, 2_050));
    topics.drain();
    assertEquals(Set.of(3, 4, 5), topics.ids());
  }

  /** The busy partition is far ahead of the quiet one when the source goes back to LSN 2000. */
  private void busyFailsOverWhileQuietGoesOn() {
    topics.add(P0, CREATE, 0, "n", at(BLUE, 5_000, 5_010, 1_000));
    topics.add(P1, CREATE, 1, "n", at(BLUE, 100, 110, 900));
    topics.add(P0, UPDATE, 0, "m", at(BLUE, 2_000, 2_010, 2_000));
    topics.add(P1, UPDATE, 1, "m", at(BLUE, 2_020, 2_030, 2_010));
  }

  /** The quiet partition's own LSNs have grown all the time. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void truncateInAQuietPartitionRemovesTheRowsOfTheHistoryBefore(boolean inOnePoll) {
    topics.add(P1, CREATE, 1, "n", at(BLUE, 100, 110, 900));
    topics.add(P0, CREATE, 0, "n", at(BLUE, 5_000, 5_010, 1_000));
    if (!inOnePoll) {
      topics.drain();
    }
    topics.truncate(P1, at(BLUE, 2_040, 2_050, 2_020));
    topics.add(P0, CREATE, 2, "n", at(BLUE, 2_060, 2_070, 2_030));
    topics.add(P1, CREATE, 3, "n", at(BLUE, 2_080, 2_090, 2_040));
    topics.drain();
    assertEquals(Set.of(2, 3), topics.ids());
  }

  @Test
  void truncateThatIsEmittedAgainBeginsNoHistory() {
    topics.add(P1, CREATE, 1, "n", at(BLUE, 100, 110, 900));
    topics.truncate(P1, at(BLUE, 200, 210, 950));
    topics.add(P0, CREATE, 0, "n", at(BLUE, 5_000, 5_010, 1_000));
    topics.truncate(P1, at(BLUE, 200, 210, 950));
    try (Consumer task = topics.task()) {
      task.drain();
      assertEquals(0, task.figure("EpochsTotal"));
    }
    assertEquals(Set.of(0), topics.ids());
  }

  @Test
  void keyThatMovesToAQuietPartitionIsUpdated() {
    busyFailsOverWhileQuietGoesOn();
    topics.add(P1, UPDATE, 0, "moved", at(BLUE, 2_040, 2_050, 2_020));
    topics.drain();
    assertEquals("moved", topics.names().get(0));
  }

  /** The quiet partition is read first, by a task that cannot know of the failover. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rowsAfterATruncateStayWhicheverPartitionIsReadFirst(boolean quietFirst) {
    busyFailsOverWhileQuietGoesOn();
    topics.truncate(P0, at(BLUE, 2_040, 2_050, 2_020));
    topics.add(P1, CREATE, 3, "n", at(BLUE, 2_060, 2_070, 2_030));
    topics.add(P0, CREATE, 4, "n", at(BLUE, 2_100, 2_110, 2_050));
    try (Consumer first = topics.task(quietFirst ? P1 : P0)) {
      first.drain();
    }
    try (Consumer second = topics.task(quietFirst ? P0 : P1)) {
      second.drain();
    }
    assertEquals(Set.of(3, 4), topics.ids());
  }

  @Test
  void backlogOfTheOldHistoryBelongsToIt() {
    topics.add(P0, CREATE, 0, "n", at(BLUE, 5_000, 5_010, 1_000));
    topics.add(P0, UPDATE, 0, "new", at(BLUE, 2_000, 2_010, 2_000));
    topics.truncate(P0, at(BLUE, 2_040, 2_050, 2_020));
    try (Consumer busy = topics.task(P0)) {
      busy.drain();
    }
    // Above the truncate's LSN, but of the history before.
    topics.add(P1, CREATE, 1, "old", at(BLUE, 6_000, 6_010, 1_500));
    topics.add(P1, CREATE, 3, "new", at(BLUE, 2_060, 2_070, 2_030));
    topics.drain();
    assertEquals(Map.of(3, "new"), topics.names());
  }

  @Test
  void taskThatDoesNotKnowOfAHistoryReadsItsChangesAgain() {
    topics.add(P0, CREATE, 0, "n", at(BLUE, 5_000, 5_010, 1_000));
    topics.add(P1, CREATE, 1, "n", at(BLUE, 100, 110, 900));
    try (Consumer busy = topics.task(P0);
        Consumer quiet = topics.task(P1)) {
      busy.drain();
      quiet.drain();
      topics.add(P0, UPDATE, 0, "m", at(BLUE, 2_000, 2_010, 2_000));
      topics.truncate(P0, at(BLUE, 2_040, 2_050, 2_020));
      busy.drain();
      topics.add(P1, CREATE, 3, "n", at(BLUE, 2_060, 2_070, 2_030));
      quiet.drain();
      assertTrue(quiet.figure("FencedTotal") > 0);
      topics.add(P1, UPDATE, 3, "m", at(BLUE, 2_080, 2_090, 2_040));
      topics.add(P0, CREATE, 4, "n", at(BLUE, 2_100, 2_110, 2_050));
      quiet.drain();
      busy.drain();
    }
    assertEquals(Map.of(3, "m", 4, "n"), topics.names());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void threePartitionsMayLagAsTheyLike(long seed) {
    Random random = new Random(seed);
    Map<Object, Object> names = new TreeMap<>();
    SourcePartition[] all = {P0, P1, P2};
    long micros = 1_000;
    long lsn = 9_000;
    for (int cluster = 0; cluster < 3; cluster++) {
      for (int i = 0; i < 30; i++) {
        micros += 10;
        lsn += 10;
        // A key may change its partition.
        SourcePartition partition = all[random.nextInt(3)];
        int id = random.nextInt(8);
        topics.add(partition, UPDATE, id, "v" + micros, at(BLUE, lsn - 1, lsn, micros));
        names.put(id, "v" + micros);
      }
      lsn = 100 + random.nextInt(8_000);
    }
    try (Consumer task = topics.task(P0);
        Consumer other = topics.task(P1);
        Consumer third = topics.task(P2)) {
      Consumer[] tasks = {task, other, third};
      for (int i = 0; i < 40; i++) {
        tasks[random.nextInt(3)].poll(random.nextInt(5));
      }
      for (Consumer each : tasks) {
        each.drain();
      }
    }
    assertEquals(names, topics.names());
  }

  // Another source under a new prefix.

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void newClusterUnderANewPrefixWinsForTheKeysThatItChanges(boolean newFirst) {
    topics.add(P0, CREATE, 0, "blue", at(BLUE, 5_000, 5_010, 1_000));
    topics.add(P0, CREATE, 2, "blue", at(BLUE, 5_020, 5_030, 1_010));
    topics.add(G0, UPDATE, 0, "green", at(GREEN, 100, 110, 2_000));
    try (Consumer first = topics.task(newFirst ? G0 : P0)) {
      first.drain();
    }
    try (Consumer second = topics.task(newFirst ? P0 : G0)) {
      second.drain();
    }
    assertEquals(Map.of(0, "green", 2, "blue"), topics.names());
  }

  @ParameterizedTest
  @EnumSource(SourceRelation.class)
  void truncateOfASourceIsAppliedByTheRelation(SourceRelation relation) {
    topics.relation(relation);
    topics.add(P0, CREATE, 0, "blue", at(BLUE, 5_000, 5_010, 1_000));
    topics.drain();
    topics.add(G0, CREATE, 1, "green", at(GREEN, 100, 110, 2_000));
    topics.truncate(G0, at(GREEN, 120, 130, 2_010));
    topics.add(G0, CREATE, 3, "green", at(GREEN, 140, 150, 2_020));
    switch (relation) {
      case SHARDS -> {
        topics.drain();
        assertEquals(Map.of(0, "blue", 3, "green"), topics.names());
      }
      case SUCCESSORS -> {
        topics.drain();
        assertEquals(Map.of(3, "green"), topics.names());
      }
      case AUTO -> {
        FatalException refused = assertThrows(FatalException.class, topics::drain);
        assertTrue(refused.getMessage().contains("source.relation"), refused.getMessage());
        assertTrue(refused.getMessage().contains("public.item"), refused.getMessage());
      }
    }
  }

  /** The new source's topic is read first, then the backlog of the one that it replaces. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 100})
  void backlogOfAReplacedSourceIsBelowTheTruncatesOfItsSuccessor(int batch) {
    topics.relation(SourceRelation.SUCCESSORS).batchesOf(batch);
    for (int i = 0; i < 6; i++) {
      topics.add(P1, CREATE, i, "blue", at(BLUE, 5_000 + i, 5_010 + i, 1_000 + i));
    }
    topics.add(G0, CREATE, 9, "green", at(GREEN, 100, 110, 2_000));
    topics.truncate(G0, at(GREEN, 120, 130, 2_010));
    topics.add(G0, CREATE, 3, "green", at(GREEN, 140, 150, 2_020));
    topics.drain();
    assertEquals(Map.of(3, "green"), topics.names());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 100})
  void backlogOfAReplacedSourceIsBelowTheSnapshotsOfItsSuccessor(int batch) {
    topics.relation(SourceRelation.SUCCESSORS).sweep(Sweep.Mode.REMOVE).batchesOf(batch);
    for (int i = 0; i < 6; i++) {
      topics.add(P1, CREATE, i, "blue", at(BLUE, 5_000 + i, 5_010 + i, 1_000 + i));
    }
    topics.add(G0, CREATE, 9, "green", initial(GREEN, 100, Snapshot.INITIAL, 2_000));
    topics.add(G0, CREATE, 3, "green", initial(GREEN, 100, Snapshot.INITIAL_LAST, 2_000));
    topics.add(G0, UPDATE, 3, "greener", at(GREEN, 140, 150, 2_020));
    topics.drain();
    assertEquals(Map.of(3, "greener", 9, "green"), topics.names());
  }

  /** The replaced source's backlog begins with a snapshot of its own. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 100})
  void snapshotsOfBothSourcesEndInOneBatch(int batch) {
    topics.relation(SourceRelation.SUCCESSORS).sweep(Sweep.Mode.REMOVE).batchesOf(batch);
    for (int i = 0; i < 6; i++) {
      Snapshot kind = i < 5 ? Snapshot.INITIAL : Snapshot.INITIAL_LAST;
      topics.add(P0, CREATE, i, "blue", initial(BLUE, 5_000, kind, 1_000));
    }
    topics.add(P0, CREATE, 7, "blue", at(BLUE, 5_010, 5_020, 1_010));
    topics.add(G0, CREATE, 9, "green", initial(GREEN, 100, Snapshot.INITIAL, 2_000));
    topics.add(G0, CREATE, 3, "green", initial(GREEN, 100, Snapshot.INITIAL_LAST, 2_000));
    topics.add(G0, UPDATE, 3, "greener", at(GREEN, 140, 150, 2_020));
    try (Consumer task = topics.task()) {
      task.drain();
    }
    assertEquals(Map.of(3, "greener", 9, "green"), topics.names());
  }

  @ParameterizedTest
  @EnumSource(SourceRelation.class)
  void sweepOfASourceIsAppliedByTheRelation(SourceRelation relation) {
    topics.relation(relation).sweep(Sweep.Mode.REMOVE);
    topics.add(P0, CREATE, 0, "blue", at(BLUE, 5_000, 5_010, 1_000));
    topics.drain();
    topics.add(G0, CREATE, 1, "green", initial(GREEN, 100, Snapshot.INITIAL, 2_000));
    topics.add(G0, CREATE, 3, "green", initial(GREEN, 100, Snapshot.INITIAL_LAST, 2_000));
    topics.add(G0, UPDATE, 3, "greener", at(GREEN, 140, 150, 2_020));
    switch (relation) {
      case SHARDS -> {
        topics.drain();
        assertEquals(Map.of(0, "blue", 1, "green", 3, "greener"), topics.names());
      }
      case SUCCESSORS -> {
        topics.drain();
        assertEquals(Map.of(1, "green", 3, "greener"), topics.names());
      }
      case AUTO -> {
        FatalException refused = assertThrows(FatalException.class, topics::drain);
        assertTrue(refused.getMessage().contains("source.relation"), refused.getMessage());
      }
    }
  }

  @Test
  void quietPartitionOfTheHistoryBeforeDoesNotHoldASweepUp() {
    topics.sweep(Sweep.Mode.REMOVE);
    topics.add(P0, CREATE, 0, "old", at(BLUE, 5_000, 5_010, 1_000));
    topics.add(P1, CREATE, 1, "gone since", at(BLUE, 5_020, 5_030, 1_010));
    topics.drain();
    topics.add(P0, READ, 0, "n", initial(BLUE, 100, Snapshot.INITIAL_LAST, 2_000));
    topics.add(P0, UPDATE, 0, "m", at(BLUE, 120, 130, 2_020));
    try (Consumer task = topics.task()) {
      task.drain();
      while (topics.ids().contains(1)) {
        task.poll(100);
        Thread.onSpinWait();
      }
      // Its backlog comes all the same.
      topics.add(P1, UPDATE, 1, "backlog", at(BLUE, 5_040, 5_050, 1_020));
      topics.add(P1, CREATE, 3, "new", at(BLUE, 140, 150, 2_030));
      task.drain();
    }
    assertEquals(Set.of(0, 3), topics.ids());
  }

  @Test
  void sweepThatReportsCountsTheRowsOfItsSourceOnly() {
    topics.add(P0, CREATE, 0, "blue", at(BLUE, 5_000, 5_010, 1_000));
    topics.drain();
    topics.add(G0, CREATE, 1, "green", initial(GREEN, 100, Snapshot.INITIAL_LAST, 2_000));
    topics.add(G0, UPDATE, 1, "greener", at(GREEN, 140, 150, 2_020));
    try (Consumer task = topics.task()) {
      task.drain();
      assertEquals(0, task.figure("OrphanedRowsTotal"));
    }
    assertEquals(Set.of(0, 1), topics.ids());
  }

  @ParameterizedTest
  @EnumSource(
      value = SourceRelation.class,
      names = {"SHARDS", "SUCCESSORS"})
  void shardsInOneTopicDoNotDisturbEachOther(SourceRelation relation) {
    topics.relation(relation);
    for (int i = 0; i < 20; i++) {
      topics.add(P0, CREATE, 2 * i, "blue", at(BLUE, 9_000 + i, 9_001 + i, 5_000 + i));
      topics.add(P0, CREATE, 2 * i + 1, "green", at(GREEN, 100 + i, 101 + i, 4_990 + i));
    }
    topics.truncate(P0, at(GREEN, 500, 501, 5_100));
    topics.add(P0, CREATE, 41, "green", at(GREEN, 510, 511, 5_110));
    topics.add(P0, CREATE, 40, "blue", at(BLUE, 9_510, 9_511, 5_110));
    try (Consumer task = topics.task()) {
      task.drain();
      assertEquals(0, task.figure("EpochsTotal"));
    }
    Set<Object> expected = new HashSet<>(Set.of(40, 41));
    for (int i = 0; i < 20 && relation == SourceRelation.SHARDS; i++) {
      expected.add(2 * i);
    }
    if (relation == SourceRelation.SHARDS) {
      assertEquals(expected, topics.ids());
    }
    assertTrue(topics.ids().containsAll(Set.of(40, 41)));
  }

  /** The second source began before the first, which its task learns when it commits. */
  @Test
  void deletesAreForgottenWhereTheirHistoryGetsAnotherNumber() {
    topics.relation(SourceRelation.SHARDS);
    topics.add(P0, CREATE, 0, "blue", at(BLUE, 5_000, 5_010, 1_000));
    topics.add(G0, CREATE, 1, "green", at(GREEN, 100, 110, 900));
    topics.add(G0, DELETE, 1, "", at(GREEN, 120, 130, 910));
    topics.add(G0, CREATE, 1, "again", at(GREEN, 140, 150, 920));
    try (Consumer blue = topics.task(P0);
        Consumer green = topics.task(G0)) {
      blue.drain();
      green.drain();
      assertTrue(green.figure("FencedTotal") > 0);
    }
    assertEquals(Map.of(0, "blue", 1, "again"), topics.names());
  }

  @Test
  void twoSourcesInOneTopicLoseNothingInALog() {
    topics.append();
    topics.add(P0, CREATE, 1, "shard a", at(BLUE, 9_000, 9_010, 5_000));
    topics.add(P0, CREATE, 2, "shard b, a moment before", at(GREEN, 100, 110, 4_999));
    topics.add(P0, CREATE, 3, "shard a", at(BLUE, 9_020, 9_030, 5_010));
    topics.add(P0, DELETE, 2, "", at(GREEN, 120, 130, 5_005));
    topics.drain();
    assertEquals(4, topics.warehouse.rows(History.TABLE, topics.tables().metadata()).size());
  }

  // What begins no history.

  @Test
  void blockingSnapshotEmittedAgainBeginsNoHistory() {
    topics.add(P0, UPDATE, 0, "a", at(BLUE, 400, 410, 1_000));
    topics.add(P0, UPDATE, 0, "b", blocking(400, 410, 1_500));
    topics.add(P0, UPDATE, 0, "c", at(BLUE, 500, 510, 1_600));
    topics.add(P0, UPDATE, 0, "b", blocking(400, 410, 9_000));
    try (Consumer task = topics.task()) {
      task.drain();
      assertEquals(0, task.figure("EpochsTotal"));
    }
    assertEquals(Map.of(0, "c"), topics.names());
  }

  private static SourcePosition blocking(long commitLsn, long lsn, long micros) {
    return new SourcePosition(BLUE, commitLsn, lsn, Snapshot.BLOCKING, micros);
  }

  @Test
  void newSlotWithoutSnapshotBeginsNoHistory() {
    topics.add(P0, UPDATE, 0, "a", initial(BLUE, 100, Snapshot.INITIAL_LAST, 900));
    topics.add(P0, UPDATE, 0, "b", at(BLUE, 500, 510, 1_600));
    topics.add(P0, UPDATE, 0, "c", at(BLUE, SourcePosition.NONE, 700, 2_000));
    try (Consumer task = topics.task()) {
      task.drain();
      assertEquals(0, task.figure("EpochsTotal"));
    }
    assertEquals(Map.of(0, "c"), topics.names());
  }
}
