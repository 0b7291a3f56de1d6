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
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.SourcePartition;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

  private void pollUntilIdsAre(Consumer task, Set<Integer> ids) {
    long giveUpAt = System.nanoTime() + 20_000_000_000L;
    while (!topics.ids().equals(ids)) {
      assertTrue(System.nanoTime() < giveUpAt, () -> "rows " + topics.ids());
      task.poll(100);
    }
  }
}
