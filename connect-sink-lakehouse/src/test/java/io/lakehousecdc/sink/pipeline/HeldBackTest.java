// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.RecordOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tables under maintenance hold back their own records, and no others. */
@Timeout(60)
class HeldBackTest extends MaintainedTables {
  @Test
  void otherTablesAreCommittedWhileOneIsMaintained() {
    open(BIG_0, SMALL_0);
    upsert(BIG_0, BIG, 1);
    upsert(SMALL_0, SMALL, 1);
    commitAll();
    truncate(BIG_0, BIG);
    upsert(BIG_0, BIG, 2);
    upsert(SMALL_0, SMALL, 2);
    cut();
    await(() -> ids(SMALL).equals(Set.of(1, 2)));
    upsert(SMALL_0, SMALL, 3);
    upsert(BIG_0, BIG, 3);
    cut();
    await(() -> ids(SMALL).equals(Set.of(1, 2, 3)));
    assertEquals(Set.of(1), ids(BIG));
    assertEquals(1, pipeline.reportableOffset(BIG_0, offsets.get(BIG_0)));
    assertEquals(3, pipeline.reportableOffset(SMALL_0, offsets.get(SMALL_0)));
    maintenance.release();
    commitAll();
    assertEquals(Set.of(2, 3), ids(BIG));
    assertEquals(4, pipeline.reportableOffset(BIG_0, offsets.get(BIG_0)));
    assertEquals(1, maintained.get());
  }

  @Test
  void onlyTheTopicsThatWaitArePaused() {
    open(BIG_0, BIG_1, SMALL_0);
    upsert(SMALL_0, SMALL, 1);
    assertEquals(Set.of(), pipeline.pausedTopics());
    truncate(BIG_0, BIG);
    cut();
    await(() -> maintained.get() == 1);
    assertEquals(Set.of("shop.public.big"), pipeline.pausedTopics());
    maintenance.release();
    commitAll();
    assertEquals(Set.of(), pipeline.pausedTopics());
  }

  @Test
  void otherPartitionsOfTheTopicWait() {
    open(BIG_0, BIG_1, SMALL_0);
    truncate(BIG_0, BIG);
    cut();
    await(() -> maintained.get() == 1);
    upsert(BIG_1, BIG, 5);
    upsert(SMALL_0, SMALL, 5);
    cut();
    await(() -> ids(SMALL).equals(Set.of(5)));
    assertEquals(Set.of(), ids(BIG));
    maintenance.release();
    commitAll();
    assertEquals(Set.of(5), ids(BIG));
  }

  @Test
  void topicThatWritesToTheTableTooWaits() {
    open(BIG_0, OTHER_0, SMALL_0);
    truncate(BIG_0, BIG);
    cut();
    await(() -> maintained.get() == 1);
    // One topic feeds two tables, of which one is under maintenance; so another topic waits, too.
    upsert(OTHER_0, BIG, 5);
    upsert(OTHER_0, OTHER, 5);
    upsert(SMALL_0, SMALL, 5);
    cut();
    await(() -> ids(SMALL).equals(Set.of(5)));
    assertEquals(Set.of(), ids(OTHER));
    maintenance.release();
    commitAll();
    assertEquals(Set.of(5), ids(OTHER));
    assertEquals(Set.of(5), ids(BIG));
  }

  @Test
  void truncatesThatComeMeanwhileAreMaintainedInTurn() {
    open(BIG_0, OTHER_0, SMALL_0);
    upsert(BIG_0, BIG, 1);
    upsert(OTHER_0, OTHER, 1);
    commitAll();
    truncate(BIG_0, BIG);
    cut();
    await(() -> maintained.get() == 1);
    truncate(OTHER_0, OTHER);
    upsert(OTHER_0, OTHER, 2);
    truncate(BIG_0, BIG);
    upsert(BIG_0, BIG, 3);
    upsert(SMALL_0, SMALL, 1);
    cut();
    await(() -> ids(SMALL).equals(Set.of(1)));
    maintenance.release();
    await(() -> maintained.get() == 2);
    assertEquals(Set.of(), ids(BIG));
    assertEquals(Set.of(1), ids(OTHER));
    maintenance.release(2);
    commitAll();
    assertEquals(Set.of(3), ids(BIG));
    assertEquals(Set.of(2), ids(OTHER));
  }

  @Test
  void partitionsChangeHandsWithoutWaitingForMaintenance() {
    open(BIG_0, SMALL_0);
    upsert(BIG_0, BIG, 1);
    commitAll();
    truncate(BIG_0, BIG);
    upsert(SMALL_0, SMALL, 1);
    cut();
    await(() -> maintained.get() == 1);
    // Had it waited, it would not have ended: nobody lets the maintenance end.
    assertEquals(Map.of(BIG_0, 1L), pipeline.close(Set.of(SMALL_0)));
    assertEquals(Set.of(1), ids(SMALL));
    assertEquals(Set.of(1), ids(BIG));
    offsets.put(BIG_0, 1L);
    truncate(BIG_0, BIG);
    maintenance.release();
    commitAll();
    assertEquals(Set.of(), ids(BIG));
  }

  @Test
  void historyThatBeganDuringMaintenanceIsNoReasonToBeginAgain() {
    open(BIG_0, SMALL_0);
    upsert(BIG_0, BIG, 1);
    upsert(SMALL_0, SMALL, 1);
    commitAll();
    truncate(BIG_0, BIG);
    upsert(BIG_0, BIG, 2);
    cut();
    await(() -> maintained.get() == 1);
    offer(SMALL_0, upsert(SMALL, 2, new SourcePosition(History.SOURCE, 5, 5, Snapshot.NO, 9_000)));
    cut();
    await(() -> ids(SMALL).equals(Set.of(1, 2)));
    assertEquals(2, target.histories().all().size());
    maintenance.release();
    commitAll();
    assertEquals(Set.of(2), ids(BIG));
    assertEquals(1, maintained.get());
  }

  @Test
  void deadLetterStaysWithTheOffsetOfTheRecordThatBroughtIt() {
    SealedBatch.Split split =
        rejected(SMALL_0, new RecordOffset(BIG_0, 7))
            .tryJoin(rejected(BIG_0, new RecordOffset(BIG_0, 8)))
            .orElseThrow()
            .split(Set.of(BIG_0.topic()));
    assertEquals(List.of(8L), offsetsOfLetters(split.chosen().orElseThrow()));
    assertEquals(List.of(7L), offsetsOfLetters(split.rest().orElseThrow()));
  }

  private static List<Long> offsetsOfLetters(SealedBatch batch) {
    return batch.commit().deadLetters().stream().map(each -> each.recordOffset().offset()).toList();
  }
}
