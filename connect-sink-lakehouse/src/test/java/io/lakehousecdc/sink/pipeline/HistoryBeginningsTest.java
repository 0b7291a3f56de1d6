// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static io.lakehousecdc.sink.change.Operation.CREATE;
import static io.lakehousecdc.sink.change.Operation.READ;
import static io.lakehousecdc.sink.change.Operation.UPDATE;
import static io.lakehousecdc.sink.pipeline.ItemTopics.at;
import static io.lakehousecdc.sink.pipeline.ItemTopics.initial;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.EpochPolicy;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What belongs to a history that has just begun, and what to the one before. */
@Timeout(60)
class HistoryBeginningsTest {
  private static final SourceId BLUE = History.SOURCE;
  private static final SourcePartition P0 = new SourcePartition("shop.public.item", 0);
  private static final SourcePartition P1 = new SourcePartition("shop.public.item", 1);

  private final ItemTopics topics = new ItemTopics(P0, P1);

  // Histories that an operator begins.

  @Test
  void truncateOfAnOperatorsHistoryRemovesTheRowsOfTheOneBefore() {
    topics.add(P0, CREATE, 0, "old", at(BLUE, 5_000, 5_010, 1_000));
    topics.drain();
    topics.epochs(EpochPolicy.automaticFrom(1));
    topics.add(P0, CREATE, 1, "n", at(BLUE, 100, 110, 900));
    topics.truncate(P0, at(BLUE, 120, 130, 910));
    topics.add(P0, CREATE, 2, "n", at(BLUE, 140, 150, 920));
    topics.drain();
    assertEquals(Set.of(2), topics.ids());
  }

  @Test
  void sweepOfAnOperatorsHistoryRemovesTheRowsOfTheOneBefore() {
    topics.sweep(Sweep.Mode.REMOVE);
    topics.add(P0, CREATE, 0, "old", at(BLUE, 5_000, 5_010, 1_000));
    topics.drain();
    topics.epochs(EpochPolicy.automaticFrom(1));
    topics.add(P0, READ, 1, "n", initial(BLUE, 100, Snapshot.INITIAL_LAST, 900));
    topics.add(P0, UPDATE, 1, "m", at(BLUE, 120, 130, 920));
    try (Consumer task = topics.task()) {
      pollUntilIdsAre(task, Set.of(1));
    }
  }

  // Changes with commit times from before the history's first.

  @Test
  void changeBetweenTheSlotAndTheTransactionOfItsSnapshotIsKept() {
    topics.add(P0, CREATE, 0, "old", at(BLUE, 5_000, 5_010, 1_000));
    topics.add(P0, READ, 0, "snapshot", initial(BLUE, 100, Snapshot.INITIAL_LAST, 2_000));
    topics.drain();
    topics.add(P0, UPDATE, 0, "new", at(BLUE, SourcePosition.NONE, 110, 1_990));
    topics.drain();
    assertEquals("new", topics.names().get(0));
  }

  @ParameterizedTest
  @EnumSource(WriteMode.class)
  void changesWhoseCommitTimesAreSwappedAreKept(WriteMode mode) {
    if (mode == WriteMode.APPEND) {
      topics.append();
    }
    topics.add(P0, CREATE, 0, "old", at(BLUE, 5_000, 5_010, 1_000));
    topics.add(P0, CREATE, 1, "n", at(BLUE, 100, 110, 2_000));
    topics.add(P0, UPDATE, 0, "new", at(BLUE, 120, 130, 1_999));
    topics.drain();
    assertEquals(mode == WriteMode.APPEND ? 3 : 2, topics.rows().size());
    assertTrue(topics.rows().stream().anyMatch(row -> "new".equals(row.get("name"))));
  }

  // What begins no history.

  /** The rows raise the mark of a partition that has had no change for long. */
  @ParameterizedTest
  @EnumSource(
      value = Snapshot.class,
      names = {"INCREMENTAL", "BLOCKING"})
  void truncateBelowRowsOfASnapshotThatWereReadAfterItBeginsNoHistory(Snapshot snapshot) {
    topics.add(P0, CREATE, 0, "n", at(BLUE, 100, 110, 900));
    topics.add(P0, READ, 0, "n", new SourcePosition(BLUE, 5_000, 5_010, snapshot, 2_000));
    topics.truncate(P1, at(BLUE, 4_000, 4_010, 1_500));
    try (Consumer task = topics.task()) {
      task.drain();
      assertEquals(0, task.figure("EpochsTotal"));
    }
    assertEquals(Set.of(0), topics.ids());
  }

  private void pollUntilIdsAre(Consumer task, Set<Integer> ids) {
    long giveUpAt = System.nanoTime() + 20_000_000_000L;
    while (!topics.ids().equals(ids)) {
      assertTrue(System.nanoTime() < giveUpAt, () -> "rows " + topics.ids());
      task.poll(100);
    }
  }
}
