// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.SourceProgress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is taken in together is committed together. */
@Timeout(60)
class WholeBatchesTest extends MaintainedTables {
  private static final SourcePartition BOUNDARIES = new SourcePartition("shop.transaction", 0);

  private final List<Commit> commits = Collections.synchronizedList(new ArrayList<>());
  private long boundaries;

  WholeBatchesTest() {
    super(TestOptions.options().wholeTransactions().flushRecords(2));
    warehouse.afterCommit(commits::add);
  }

  @Test
  void aBatchEndsOnlyBetweenTransactions() {
    open(SMALL_0, OTHER_0, BOUNDARIES);
    List<OfferedRecord> first = new ArrayList<>();
    for (int id = 1; id <= 5; id++) {
      first.add(change(SMALL_0, SMALL, id));
      first.add(change(OTHER_0, OTHER, id));
    }
    take(first, 1);
    take(List.of(change(SMALL_0, SMALL, 6), change(OTHER_0, OTHER, 6)), 2);
    commitAll();
    assertEquals(Set.of(1, 2, 3, 4, 5, 6), ids(SMALL));
    assertEquals(
        List.of(List.of("1"), List.of("2")),
        commits.stream()
            .map(commit -> commit.progress().stream().map(SourceProgress::transaction).toList())
            .toList());
  }

  @Test
  void aTransactionWithoutChangesIsToldToo() {
    open(BOUNDARIES);
    take(List.of(), 7);
    commitAll();
    await(() -> commits.size() == 1);
    assertEquals("7", commits.get(0).progress().get(0).transaction());
  }

  @Test
  void allOfABatchWaitsForTheMaintenanceOfOneTable() {
    open(BIG_0, SMALL_0, BOUNDARIES);
    take(List.of(change(SMALL_0, SMALL, 1), change(BIG_0, BIG, 1)), 1);
    commitAll();
    take(List.of(truncateOf(BIG_0, BIG), change(SMALL_0, SMALL, 2)), 2);
    await(() -> maintained.get() == 1);
    assertEquals(Set.of(1), ids(SMALL));
    maintenance.release();
    commitAll();
    assertEquals(Set.of(1, 2), ids(SMALL));
    assertEquals(Set.of(), ids(BIG));
    assertEquals(2, commits.size());
  }

  private void take(List<OfferedRecord> changes, int transaction) {
    List<OfferedRecord> all = new ArrayList<>(changes);
    all.add(new OfferedRecord.Skipped(new RecordOffset(BOUNDARIES, boundaries++)));
    offsets.put(BOUNDARIES, boundaries);
    all.forEach(record -> assertEquals(OfferResult.ACCEPTED, pipeline.receive(record)));
    pipeline.takeTogether(
        all, Optional.of(new SourceProgress("shop", "" + transaction, transaction, transaction)));
  }

  private OfferedRecord change(SourcePartition from, TableId table, int id) {
    return new OfferedRecord.Change(next(from), upsert(table, id, position()), 100, 0, null);
  }

  private OfferedRecord truncateOf(SourcePartition from, TableId table) {
    return new OfferedRecord.Change(next(from), new TruncateEvent(table, position()), 100, 0, null);
  }

  private RecordOffset next(SourcePartition from) {
    return new RecordOffset(from, offsets.merge(from, 1L, Long::sum) - 1);
  }
}
