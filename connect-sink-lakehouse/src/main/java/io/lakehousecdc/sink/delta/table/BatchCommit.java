// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.delta.domain.CommitHook;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.write.CommitClock.Phase;
import io.lakehousecdc.sink.spi.ColumnChanges;
import io.lakehousecdc.sink.spi.CommitReceipt;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The commit of one batch to a table, in three steps:
 *
 * <ol>
 *   <li>Under the table's lock: plan it against the newest version.
 *   <li>Without the lock, beside what other tasks do to the table: write the new rows. This takes
 *       most of the time. Where the store waits for a network, their files need not be there yet.
 *   <li>Under the lock: write what depends on the version, wait for all files and for a look at the
 *       log, which are under way together, and commit, if the version is still the newest; else
 *       plan anew first, which mostly finds the same rows, so that their files are used as they
 *       are.
 * </ol>
 *
 * <p>A crash after the second step leaves files that no commit names, for the vacuum.
 */
final class BatchCommit {
  private final HeadCommits commits;
  private final TableBatch batch;
  private final Histories histories;
  private final CommitHook hook;
  private final BatchWork work;
  private Optional<Planned> planned = Optional.empty();

  /** An attempt for which nothing was written that depends on its version. */
  private record Planned(TableCommit commit, TableShape shape, Optional<Sweep> due) {}

  /**
   * @param histories what the batch was built with
   */
  BatchCommit(
      HeadCommits commits, TableBatch batch, Histories histories, CommitHook hook, BatchWork work) {
    this.commits = commits;
    this.batch = batch;
    this.histories = histories;
    this.hook = hook;
    this.work = work;
  }

  /**
   * The first step.
   *
   * @return false where the table holds the commit already
   */
  boolean plan() throws IOException, CommitConflictException {
    commits.assume(work);
    boolean wanted =
        commits
            .certain(
                () -> {
                  Optional<CommitExtras> extras = hook.decide(commits.head().domains());
                  if (extras.isPresent()) {
                    plan(commits.head().prepare(batch).batch(), extras.get().due());
                  }
                  return extras;
                })
            .isPresent();
    if (!wanted) {
      commits.leaveQueue();
    }
    return wanted;
  }

  private void plan(TableBatch fitting, Optional<Sweep> due) throws IOException {
    TableCommit commit = commits.begin(histories, work);
    commit.plan(fitting, due);
    planned = Optional.of(new Planned(commit, commits.head().state().shape(), due));
  }

  /** The second step. The files may still be under way when this returns. */
  void writeRows() throws IOException {
    planned.orElseThrow().commit.writeRows(planned.orElseThrow().shape);
  }

  /** Waits until the files of the second step are durable. */
  void awaitRows() throws IOException {
    work.files().await();
    work.clock().passed(Phase.UPLOADS);
  }

  /**
   * The third step: one attempt.
   *
   * @param lost number of attempts so far that others came before
   */
  CommitReceipt attempt(int lost) throws IOException, CommitConflictException {
    if (lost == 0) {
      commits.assume(work);
    } else {
      commits.refresh(work);
    }
    commits.awaitTurn(lost, work);
    Optional<Map<String, Optional<String>>> domains = commits.certain(this::planUnlessMade);
    if (domains.isEmpty()) {
      commits.leaveQueue();
      return CommitReceipt.NOTHING;
    }
    try (TableCommit commit = planned.orElseThrow().commit) {
      planned = Optional.empty();
      return commits.finish(commit, domains.get(), work);
    }
  }

  /** Domains that go with the planned commit; empty where the table holds it already. */
  private Optional<Map<String, Optional<String>>> planUnlessMade()
      throws IOException, CommitConflictException {
    Optional<CommitExtras> extras = hook.decide(commits.head().domains());
    if (extras.isEmpty()) {
      return Optional.empty();
    }
    ColumnChanges columns = commits.head().prepare(batch);
    if (!stillFits(extras.get().due())) {
      plan(columns.batch(), extras.get().due());
    }
    Map<String, Optional<String>> domains = new HashMap<>(extras.get().domains());
    domains.putAll(FollowedColumns.domains(columns));
    return Optional.of(domains);
  }

  private boolean stillFits(Optional<Sweep> due) {
    return planned
        .filter(it -> it.commit.isOn(commits.head().state()) && it.due.equals(due))
        .isPresent();
  }
}
