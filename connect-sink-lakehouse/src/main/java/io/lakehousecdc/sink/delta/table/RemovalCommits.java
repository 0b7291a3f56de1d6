// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.delta.domain.CommitHook;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.write.BatchPlan;
import io.lakehousecdc.sink.delta.write.RemovalsAhead;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.CommitReceipt;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commits of a batch's {@link RemovalsAhead}, each of one piece. Each is made under the table's
 * lock, from the plan to the log entry, and others may commit in between.
 */
final class RemovalCommits {
  private static final Logger LOG = LoggerFactory.getLogger(RemovalCommits.class);

  private final HeadCommits commits;
  private final RemovalsAhead removals;
  private final TableBatch batch;
  private final Histories histories;
  private final CommitHook hook;
  private final BatchWork work;

  /**
   * @param removals what to remove ahead of the batch
   * @param hook of the batch's commit, which tells whether it is still to be made
   */
  RemovalCommits(
      HeadCommits commits,
      RemovalsAhead removals,
      TableBatch batch,
      Histories histories,
      CommitHook hook,
      BatchWork work) {
    this.commits = commits;
    this.removals = removals;
    this.batch = batch;
    this.histories = histories;
    this.hook = hook;
    this.work = work;
  }

  /**
   * Commits one piece after the other.
   *
   * @param next commits a piece; empty where the rest goes with the batch
   * @return what was removed
   * @throws RetriableException the thread was interrupted; the pieces so far are committed
   */
  CommitReceipt all(Supplier<Optional<CommitReceipt>> next) {
    CommitReceipt removed = CommitReceipt.NOTHING;
    for (Optional<CommitReceipt> piece = next.get(); piece.isPresent(); piece = next.get()) {
      removed = removed.plus(piece.get());
      LOG.info(
          "Table {}: {} rows removed so far by a truncate, {} by a sweep; the rest follows",
          batch.table(),
          removed.deleted(),
          removed.orphaned());
      if (Thread.currentThread().isInterrupted()) {
        throw new RetriableException("Interrupted between two pieces of a truncate or sweep");
      }
    }
    return removed;
  }

  /**
   * One attempt to commit a piece.
   *
   * @param lost number of attempts so far that others came before
   * @return what was removed; empty where the rest goes with the batch
   */
  Optional<CommitReceipt> attempt(int lost) throws IOException, CommitConflictException {
    if (!commits.refresh(work)) {
      return Optional.empty();
    }
    // Before the turn: who has nothing to commit must not stand in anybody's way.
    Optional<TableCommit> planned = plan();
    if (planned.isEmpty()) {
      return Optional.empty();
    }
    commits.awaitTurn(lost, work);
    if (!planned.get().isOn(commits.head().state())) {
      planned = plan();
    }
    if (planned.isEmpty()) {
      return Optional.empty();
    }
    try (TableCommit commit = planned.get()) {
      return Optional.of(commits.finish(commit, Map.of(), work));
    }
  }

  private Optional<TableCommit> plan() throws IOException, CommitConflictException {
    TableHead head = commits.head();
    Optional<CommitExtras> extras = hook.decide(head.domains());
    if (extras.isEmpty()) {
      return Optional.empty();
    }
    TableBatch fitting = head.prepare(batch).batch();
    Optional<BatchPlan> piece = removals.next(fitting, head.state(), extras.get().due());
    if (piece.isEmpty()) {
      return Optional.empty();
    }
    TableCommit commit = commits.begin(histories, work);
    commit.take(piece.get());
    return Optional.of(commit);
  }
}
