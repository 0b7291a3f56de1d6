// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.counted;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static io.lakehousecdc.sink.spi.Warehouse.soft;
import static org.assertj.core.api.Assertions.assertThat;

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
    assertThat(receipt.orphaned()).as("rows swept, by %s", receipt).isEqualTo(2);
    assertThatRows(ITEMS, "id").areExactly(row(3));
  }

  @Test
  default void sweepReportsRowsThatTheSnapshotDidNotContain() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    orphanedRows(owner);
    CommitReceipt receipt = completeSnapshot(owner, Sweep.Mode.REPORT);
    assertThatRows(ITEMS, "id").areExactly(row(1), row(2), row(3));
    assertThat(counted(receipt))
        .as("receipt of the report")
        .isEqualTo(new CommitReceipt(1, 0, 0, 0, 1));
  }

  @Test
  default void sweepRemovesRowsThatTheSnapshotDidNotContain() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    orphanedRows(owner);
    CommitReceipt receipt = completeSnapshot(owner, Sweep.Mode.REMOVE);
    assertThatRows(ITEMS, "id").areExactly(row(1), row(3));
    assertThat(receipt.orphaned()).as("rows swept, by %s", receipt).isEqualTo(1);
  }

  @Test
  default void sweepUnderSoftDeletesMarksRows() {
    PartitionOwner owner = owner(soft());
    orphanedRows(owner);
    CommitReceipt receipt = completeSnapshot(owner, Sweep.Mode.REMOVE);
    assertThatRows(ITEMS, "id", "_cdc_deleted")
        .areExactly(row(1, false), row(2, true), row(3, false));
    assertThat(receipt.orphaned()).as("rows swept, by %s", receipt).isEqualTo(1);
  }

  @Test
  default void sweepWaitsForEveryPartitionOfTheTopicAndIsRememberedUntilThen() {
    PartitionOwner first = PartitionOwner.of(open(TableOptions.DEFAULT), P0);
    Target other = open(TableOptions.DEFAULT, new TargetContext("sink", 1));
    PartitionOwner second = PartitionOwner.of(other, P1);
    orphanedRows(first);
    second.commit(batch(ITEMS, ITEM).upsert(2, 9, "orphan", null, null).build());
    assertThat(completeSnapshot(first, Sweep.Mode.REMOVE).orphaned())
        .as("rows swept while the second partition is behind")
        .isZero();
    assertThatRows(ITEMS, "id")
        .as("while the sweep waits")
        .areExactly(row(1), row(2), row(3), row(9));
    PendingSweep waits = new PendingSweep(ITEMS, P0.topic(), new Position(0, 100, 0), 0);
    assertThat(other.pendingSweeps(Set.of(P0.topic(), "another")))
        .as("sweeps that the other task sees waiting")
        .containsExactly(waits);
    assertThat(open(TableOptions.DEFAULT).pendingSweeps(Set.of(P0.topic())))
        .as("sweeps that a new owner sees waiting")
        .containsExactly(waits);
    assertThat(other.pendingSweeps(Set.of("another")))
        .as("waiting sweeps of another topic")
        .isEmpty();

    CommitReceipt receipt = sweep(second.completed(100), Sweep.Mode.REMOVE);
    assertThat(receipt.orphaned()).as("rows swept, by %s", receipt).isEqualTo(2);
    assertThatRows(ITEMS, "id").areExactly(row(1), row(3));
    assertThat(other.pendingSweeps(Set.of(P0.topic())))
        .as("waiting sweeps after the sweep")
        .isEmpty();
    assertThat(sweep(second, Sweep.Mode.REMOVE).orphaned())
        .as("rows swept the second time")
        .isZero();
  }

  @Test
  default void sweepWaitsForNoPartitionThatHasSeenALaterChange() {
    PartitionOwner first = owner(TableOptions.DEFAULT);
    PartitionOwner second =
        PartitionOwner.of(open(TableOptions.DEFAULT, new TargetContext("sink", 1)), P1);
    orphanedRows(first);
    second.commit(batch(ITEMS, ITEM).upsert(100, 4, "after the snapshot", null, null).build());
    assertThat(completeSnapshot(first, Sweep.Mode.REMOVE).orphaned()).as("rows swept").isEqualTo(1);
    assertThatRows(ITEMS, "id").areExactly(row(1), row(3), row(4));
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
    assertThat(target.pendingSweeps(Set.of(P0.topic())))
        .as("waiting sweeps after the later snapshot")
        .containsExactly(new PendingSweep(ITEMS, P0.topic(), new Position(0, 200, 0), 0));
    assertThat(sweep(second.completed(100), Sweep.Mode.REMOVE).orphaned())
        .as("rows that the earlier snapshot sweeps")
        .isEqualTo(1);
    assertThat(target.pendingSweeps(Set.of(P0.topic())))
        .as("waiting sweeps after the earlier snapshot")
        .hasSize(1);
    second
        .completed(200)
        .commit(batch(ITEMS, ITEM).sweep(P0.topic(), 200, Sweep.Mode.REMOVE).build());
    assertThatRows(ITEMS, "id").areExactly();
    assertThat(target.pendingSweeps(Set.of(P0.topic()))).as("waiting sweeps at the end").isEmpty();
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
    assertThat(receipt.stale()).as("stale changes that %s counts", receipt).isEqualTo(1);
    PartitionOwner late =
        PartitionOwner.of(open(TableOptions.DEFAULT, new TargetContext("sink", 1)), P1);
    late.commit(
        batch(ITEMS, ITEM)
            .upsert(60, 3, "late", null, null)
            .upsert(new Position(0, 100, 0), 4, "of the snapshot, and late", null, null)
            .build());
    assertThatRows(ITEMS, "id").areExactly(row(2), row(4));
  }

  @Test
  default void olderChangesThatComeAfterAReportAreApplied() {
    PartitionOwner owner = owner(TableOptions.DEFAULT);
    completeSnapshot(owner, Sweep.Mode.REPORT);
    owner.commit(batch(ITEMS, ITEM).upsert(60, 3, "late", null, null).build());
    assertThatRows(ITEMS, "id").areExactly(row(1), row(3));
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
        assertThat(orphaned).as("rows swept in round %s", round).isEqualTo(2);
        assertThatRows(ITEMS, "id").as("after round %s", round).areExactly();
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
