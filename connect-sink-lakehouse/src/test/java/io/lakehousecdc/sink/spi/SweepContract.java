// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static io.lakehousecdc.sink.spi.Warehouse.soft;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.error.RetriableException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rows that a completed snapshot did not contain. */
interface SweepContract extends Warehouse {

  @Test
  default void sweepThatComesByItselfKnowsNoColumns() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    orphanedRows(owner);
    CommitReceipt receipt =
        owner
            .completed(100)
            .commit(
                batch(ITEMS, RemovalContract.NOTHING)
                    .sweep(P0.topic(), 100, Sweep.Mode.REMOVE)
                    .build());
    assertEquals(2, receipt.orphaned());
    assertEquals(List.of(row(3)), select(ITEMS, "id"));
  }

  @Test
  default void sweepReportsRowsThatTheSnapshotDidNotContain() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    orphanedRows(owner);
    CommitReceipt receipt = completeSnapshot(owner, Sweep.Mode.REPORT);
    assertEquals(List.of(row(1), row(2), row(3)), select(ITEMS, "id"));
    assertEquals(new CommitReceipt(1, 0, 0, 0, 1), receipt);
  }

  @Test
  default void sweepRemovesRowsThatTheSnapshotDidNotContain() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    orphanedRows(owner);
    CommitReceipt receipt = completeSnapshot(owner, Sweep.Mode.REMOVE);
    assertEquals(List.of(row(1), row(3)), select(ITEMS, "id"));
    assertEquals(1, receipt.orphaned());
  }

  @Test
  default void sweepUnderSoftDeletesMarksRows() {
    PartitionOwner owner = owner(soft());
    orphanedRows(owner);
    CommitReceipt receipt = completeSnapshot(owner, Sweep.Mode.REMOVE);
    assertEquals(
        List.of(row(1, false), row(2, true), row(3, false)), select(ITEMS, "id", "_cdc_deleted"));
    assertEquals(1, receipt.orphaned());
  }

  @Test
  default void sweepWaitsForEveryPartitionOfTheTopicAndIsRememberedUntilThen() {
    PartitionOwner first = PartitionOwner.of(open(TableOptions.DEFAULT), P0);
    Target other = open(TableOptions.DEFAULT, new TargetContext("sink", 1));
    PartitionOwner second = PartitionOwner.of(other, P1);
    orphanedRows(first);
    second.commit(batch(ITEMS, ITEM).upsert(2, 9, "orphan", null, null).build());
    assertEquals(0, completeSnapshot(first, Sweep.Mode.REMOVE).orphaned());
    assertEquals(4, rows(ITEMS).size());
    PendingSweep waits = new PendingSweep(ITEMS, P0.topic(), new Position(0, 100, 0));
    assertEquals(Set.of(waits), other.pendingSweeps(Set.of(P0.topic(), "another")));
    assertEquals(Set.of(waits), open(TableOptions.DEFAULT).pendingSweeps(Set.of(P0.topic())));
    assertEquals(Set.of(), other.pendingSweeps(Set.of("another")));

    CommitReceipt receipt = sweep(second.completed(100), Sweep.Mode.REMOVE);
    assertEquals(2, receipt.orphaned());
    assertEquals(List.of(row(1), row(3)), select(ITEMS, "id"));
    assertEquals(Set.of(), other.pendingSweeps(Set.of(P0.topic())));
    assertEquals(0, sweep(second, Sweep.Mode.REMOVE).orphaned());
  }

  @Test
  default void sweepWaitsForNoPartitionThatHasSeenALaterChange() {
    PartitionOwner first = owner(TableOptions.DEFAULT);
    PartitionOwner second =
        PartitionOwner.of(open(TableOptions.DEFAULT, new TargetContext("sink", 1)), P1);
    orphanedRows(first);
    second.commit(batch(ITEMS, ITEM).upsert(100, 4, "after the snapshot", null, null).build());
    assertEquals(1, completeSnapshot(first, Sweep.Mode.REMOVE).orphaned());
    assertEquals(List.of(row(1), row(3), row(4)), select(ITEMS, "id"));
  }

  @Test
  default void laterSnapshotTakesThePlaceOfOneThatWaits() {
    Target target = open(TableOptions.DEFAULT);
    PartitionOwner first = PartitionOwner.of(target, P0);
    PartitionOwner second = PartitionOwner.of(target, P1);
    second.commit(batch(ITEMS, ITEM).upsert(2, 9, "orphan", null, null).build());
    completeSnapshot(first, Sweep.Mode.REMOVE);
    first
        .completed(200)
        .commit(batch(ITEMS, ITEM).sweep(P0.topic(), 200, Sweep.Mode.REMOVE).build());
    assertEquals(
        Set.of(new PendingSweep(ITEMS, P0.topic(), new Position(0, 200, 0))),
        target.pendingSweeps(Set.of(P0.topic())));
    assertEquals(1, sweep(second.completed(100), Sweep.Mode.REMOVE).orphaned());
    assertEquals(1, target.pendingSweeps(Set.of(P0.topic())).size());
    second
        .completed(200)
        .commit(batch(ITEMS, ITEM).sweep(P0.topic(), 200, Sweep.Mode.REMOVE).build());
    assertEquals(List.of(), select(ITEMS, "id"));
    assertEquals(Set.of(), target.pendingSweeps(Set.of(P0.topic())));
  }

  @Test
  default void olderChangesThatComeAfterASweepAreStale() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    CommitReceipt receipt =
        owner
            .completed(100)
            .commit(
                batch(ITEMS, ITEM)
                    .upsert(50, 1, "in the same commit", null, null)
                    .upsert(new Position(0, 100, 0), 2, "of the snapshot", null, null)
                    .sweep(P0.topic(), 100, Sweep.Mode.REMOVE)
                    .build());
    assertEquals(1, receipt.stale());
    PartitionOwner late =
        PartitionOwner.of(open(TableOptions.DEFAULT, new TargetContext("sink", 1)), P1);
    late.commit(
        batch(ITEMS, ITEM)
            .upsert(60, 3, "late", null, null)
            .upsert(new Position(0, 100, 0), 4, "of the snapshot, and late", null, null)
            .build());
    assertEquals(List.of(row(2), row(4)), select(ITEMS, "id"));
  }

  @Test
  default void olderChangesThatComeAfterAReportAreApplied() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    completeSnapshot(owner, Sweep.Mode.REPORT);
    owner.commit(batch(ITEMS, ITEM).upsert(60, 3, "late", null, null).build());
    assertEquals(List.of(row(1), row(3)), select(ITEMS, "id"));
  }

  @Test
  default void tasksThatAskAtTheSameTimeSweepOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int round = 1; round <= 10; round++) {
        long snapshot = 100L * round;
        PartitionOwner first = owner(TableOptions.DEFAULT);
        PartitionOwner second =
            PartitionOwner.of(open(TableOptions.DEFAULT, new TargetContext("sink", 1)), P1);
        first.commit(batch(ITEMS, ITEM).upsert(snapshot - 9, 1, "orphan", null, null).build());
        second.commit(batch(ITEMS, ITEM).upsert(snapshot - 9, 2, "orphan", null, null).build());
        List<Callable<CommitReceipt>> asking =
            Stream.of(first, second)
                .<Callable<CommitReceipt>>map(
                    owner -> () -> commitPatiently(owner.completed(snapshot), snapshot))
                .toList();
        long orphaned = 0;
        for (Future<CommitReceipt> receipt : threads.invokeAll(asking)) {
          orphaned += receipt.get().orphaned();
        }
        assertEquals(2, orphaned);
        assertEquals(List.of(), select(ITEMS, "id"));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Asks for the sweep, again where two transactions were in each other's way. */
  private static CommitReceipt commitPatiently(PartitionOwner owner, long snapshot) {
    Commit commit =
        owner.prepare(batch(ITEMS, ITEM).sweep(P0.topic(), snapshot, Sweep.Mode.REMOVE).build());
    for (int attempt = 1; ; attempt++) {
      try {
        return owner.commit(commit);
      } catch (RetriableException e) {
        if (attempt == 5) {
          throw e;
        }
      }
    }
  }

  private static CommitReceipt sweep(PartitionOwner owner, Sweep.Mode mode) {
    return owner.commit(batch(ITEMS, ITEM).sweep(P0.topic(), 100, mode).build());
  }

  private static void orphanedRows(PartitionOwner owner) {
    owner.commit(
        batch(ITEMS, ITEM)
            .upsert(1, 1, "one", null, null)
            .upsert(2, 2, "orphan", null, null)
            .upsert(101, 3, "newer than the snapshot", null, null)
            .build());
  }

  private static CommitReceipt completeSnapshot(PartitionOwner owner, Sweep.Mode mode) {
    return owner
        .completed(100)
        .commit(
            batch(ITEMS, ITEM)
                .upsert(new Position(0, 100, 0), 1, "one", null, null)
                .sweep(P0.topic(), 100, mode)
                .build());
  }
}
