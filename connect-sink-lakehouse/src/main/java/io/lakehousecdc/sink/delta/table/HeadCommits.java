// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.write.CommitClock.Phase;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.TableOptions;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The steps of commits of rows on top of a table's newest version, which are the same for whole
 * batches and for pieces of their removals. Guarded by the lock of the table.
 */
final class HeadCommits {
  private final TableLog log;
  private final FileIO store;
  private final TableHead head;
  private final DeletionVectors vectors;
  private final TableOptions options;
  private final CommitTurns turns;

  HeadCommits(
      TableLog log,
      FileIO store,
      TableHead head,
      DeletionVectors vectors,
      TableOptions options,
      CommitTurns turns) {
    this.log = log;
    this.store = store;
    this.head = head;
    this.vectors = vectors;
    this.options = options;
    this.turns = turns;
  }

  /** The newest version, as last refreshed. */
  TableHead head() {
    return head;
  }

  /** Takes over what others have committed; false where there is no table. */
  boolean refresh(BatchWork work) throws IOException, CommitConflictException {
    work.clock().passed(Phase.WAIT);
    boolean exists = head.refresh();
    work.clock().passed(Phase.REFRESH);
    return exists;
  }

  /**
   * Gets ready to plan on the newest version, or on what is taken for it: {@link #certain} and
   * {@link #finish} find out.
   */
  void assume(BatchWork work) throws IOException, CommitConflictException {
    work.clock().passed(Phase.WAIT);
    head.assume();
    work.clock().passed(Phase.REFRESH);
  }

  /** Looks at a version that others may have replaced. */
  @FunctionalInterface
  interface Step<T> {
    Optional<T> run() throws IOException, CommitConflictException;
  }

  /**
   * Does something on top of the head. A plan may be outdated: whoever carries it out finds that.
   * But that there is nothing to do, or that it must or can not be done, has to be true of the
   * newest version.
   *
   * @throws OutdatedVersionException it was another version
   */
  <T> Optional<T> certain(Step<T> step) throws IOException, CommitConflictException {
    try {
      Optional<T> found = step.run();
      if (found.isEmpty()) {
        head.confirm();
      }
      return found;
    } catch (IOException | RuntimeException failure) {
      head.confirm();
      throw failure;
    }
  }

  /**
   * Waits for this process's turn; the head is the newest version then.
   *
   * @param lost number of attempts so far that others came before
   */
  void awaitTurn(int lost, BatchWork work) throws IOException, CommitConflictException {
    turns.await(lost);
    work.clock().passed(Phase.WAIT);
  }

  /** Gives the turn up, or the place in the queue: there is nothing to commit any more. */
  void leaveQueue() throws CommitConflictException {
    turns.leave();
  }

  /** An attempt on top of the version that was last refreshed. */
  TableCommit begin(Histories histories, BatchWork work) {
    return new TableCommit(log, store, head.state(), vectors, options, histories, work);
  }

  /**
   * Writes what is planned, commits it, and brings the head there.
   *
   * @param domains metadata domains to set or, where empty, to remove
   * @throws CommitConflictException another writer committed first
   * @throws OutdatedVersionException it was planned for another version; nothing was committed
   */
  CommitReceipt finish(TableCommit commit, Map<String, Optional<String>> domains, BatchWork work)
      throws IOException, CommitConflictException {
    Map<String, Optional<String>> all = new HashMap<>(domains);
    head.look();
    try {
      commit.write();
      commit.awaitFiles();
    } catch (IOException | RuntimeException failure) {
      // It may be due to files of a version that is not the newest any more.
      head.confirm();
      throw failure;
    }
    head.confirm();
    work.clock().passed(Phase.UPLOADS);
    all.putAll(turns.passedOn());
    log(commit, all);
    takeOver(commit);
    head.committed();
    return commit.receipt();
  }

  private void log(TableCommit commit, Map<String, Optional<String>> domains)
      throws IOException, CommitConflictException {
    try {
      commit.log(domains);
    } finally {
      if (commit.isAhead()) {
        head.forget();
      }
    }
  }

  private void takeOver(TableCommit commit) throws IOException {
    boolean complete = false;
    try {
      commit.takeOver();
      complete = true;
    } finally {
      // Half of it may be in the index: the next call reads the table from the start.
      if (!complete) {
        head.forget();
      }
    }
  }
}
