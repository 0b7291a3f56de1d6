// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommitHook;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.index.IndexBudget;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.maintenance.Compactor;
import io.lakehousecdc.sink.delta.maintenance.ExclusiveTable;
import io.lakehousecdc.sink.delta.maintenance.TableMaintenance;
import io.lakehousecdc.sink.delta.snapshot.KeptKeys;
import io.lakehousecdc.sink.delta.snapshot.KeySource;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.write.CommitTimes;
import io.lakehousecdc.sink.delta.write.RemovalsAhead;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.TableOptions;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A Delta table that this process keeps. Tasks of the process share it, and so its key index; its
 * methods exclude one another, but for the writing of a commit's new rows. What other processes do
 * is seen in the table's log only, where they take turns if they get in each other's way.
 *
 * <p>A commit is planned against one version and either becomes the next version or fails: then
 * what the others committed is taken over first, and everything is planned anew. No plan for one
 * version is ever committed on top of another, because a deletion vector names rows of files that
 * may be gone in the other; files of rows that both plans write are used again.
 */
public final class DeltaTable implements AutoCloseable, ExclusiveTable {
  private final TableId id;
  private final TableLog log;
  private final FileIO store;
  private final RowFiles rowFiles;
  private final TableOptions options;
  private final TableMaintenance maintenance;
  private final CommitAttempts attempts;
  private final CommitTimes times = new CommitTimes();
  private final TableHead head;
  private final CommitTurns turns;
  private final HeadCommits commits;
  private final TableLock lock;
  private final IndexKeeper keeper;
  private final long pieceBytes;
  private final TableFigures figures;
  private volatile Consumer<TableVersion> observer = version -> {};

  /** A table that nothing else in this process keeps, and that shares its memory with no other. */
  public DeltaTable(
      TableId id,
      String location,
      FileIO store,
      RowFiles rowFiles,
      DeltaSettings settings,
      TableOptions options) {
    this(
        id,
        location,
        store,
        rowFiles,
        settings,
        options,
        new TableLock(id, location),
        new IndexBudget(),
        RemovalsAhead.PIECE_BYTES);
  }

  /**
   * @param lock of the table, shared with whatever else keeps it in this process
   * @param budget what the key indexes of the worker hold
   * @param pieceBytes stored size of the rows of a piece of a large removal
   */
  public DeltaTable(
      TableId id,
      String location,
      FileIO store,
      RowFiles rowFiles,
      DeltaSettings settings,
      TableOptions options,
      TableLock lock,
      IndexBudget budget,
      long pieceBytes) {
    this.id = id;
    this.figures = new TableFigures(id);
    this.log = new TableLog(store, location);
    this.store = store;
    this.rowFiles = rowFiles;
    DeletionVectors vectors = new DeletionVectors(store, location);
    this.options = options;
    this.pieceBytes = pieceBytes;
    this.attempts = new CommitAttempts(id, location);
    this.lock = lock;
    Optional<KeptKeys> kept =
        settings.index().directory().map(directory -> new KeptKeys(directory, log));
    this.head =
        new TableHead(
            id,
            log,
            store,
            settings.newTables(),
            settings.onOverwrite(),
            rowFiles,
            vectors,
            options,
            new KeySource(settings.index().memory(budget), kept));
    this.turns = new CommitTurns(log, head, TurnClock.SYSTEM);
    this.commits = new HeadCommits(log, store, head, vectors, options, turns);
    this.keeper = new IndexKeeper(location, lock, head::state, kept);
    this.maintenance =
        new TableMaintenance(
            this,
            store,
            location,
            new Compactor(store, settings.writeOptions()),
            settings.maintenance());
    maintenance.begin();
  }

  public TableId id() {
    return id;
  }

  /**
   * Has an observer told of the table's newest version whenever it has been opened, read or
   * committed to. It is called under the table's lock: it must not wait.
   */
  public void observe(Consumer<TableVersion> told) {
    observer = told;
  }

  /** Metadata domains of the newest version; empty where there is no table. */
  public Map<String, String> domains() {
    return committing(
        lost -> {
          head.refresh();
          return Map.copyOf(head.domains());
        });
  }

  /** Whether there is a table. */
  public boolean exists() {
    return committing(lost -> head.refresh());
  }

  /**
   * Commits a batch, however often others come first.
   *
   * @param batch has columns, or there is a table: a truncate or a sweep can come by itself, but no
   *     table can be made of it
   * @param histories what the batch was built with
   */
  public CommitReceipt commit(TableBatch batch, Histories histories, CommitHook hook) {
    try (BatchWork work = new BatchWork(store, rowFiles, log.location(), times)) {
      CommitReceipt ahead = removeAhead(batch, histories, hook, work);
      return ahead.plus(commitWhole(batch, histories, hook, work));
    }
  }

  private CommitReceipt commitWhole(
      TableBatch batch, Histories histories, CommitHook hook, BatchWork work) {
    BatchCommit commit = new BatchCommit(commits, batch, histories, hook, work);
    if (!committing(lost -> commit.plan())) {
      return CommitReceipt.NOTHING;
    }
    lock.beside(
        () -> {
          commit.writeRows();
          if (lock.isWanted()) {
            // The rest of the upload under the lock would keep others from the table.
            commit.awaitRows();
          }
          return null;
        });
    return committing(
        lost -> {
          CommitReceipt receipt = commit.attempt(lost);
          committed();
          return receipt;
        });
  }

  /** Commits what {@link RemovalsAhead} tells, a piece at a time. */
  private CommitReceipt removeAhead(
      TableBatch batch, Histories histories, CommitHook hook, BatchWork work) {
    RemovalsAhead removals = new RemovalsAhead(batch, options, histories, pieceBytes);
    if (!removals.isPossible()) {
      return CommitReceipt.NOTHING;
    }
    RemovalCommits pieces = new RemovalCommits(commits, removals, batch, histories, hook, work);
    return pieces.all(
        () ->
            committing(
                lost -> {
                  Optional<CommitReceipt> piece = pieces.attempt(lost);
                  if (piece.isPresent()) {
                    committed();
                  }
                  return piece;
                }));
  }

  /** After each commit, under the lock. */
  private void committed() {
    figures.see(head.state());
    maintenance.committed();
    keeper.committed();
  }

  /** Throws what {@link #commit} would throw because of the batch. Rows stay as they are. */
  public void rehearse(TableBatch batch, Histories histories) {
    committing(
        lost -> {
          head.refresh();
          TableBatch fitting = head.prepare(batch).batch();
          try (BatchWork work = new BatchWork(store, rowFiles, log.location(), new CommitTimes());
              TableCommit rehearsal = commits.begin(histories, work)) {
            rehearsal.plan(fitting, Optional.empty());
            rehearsal.write();
            rehearsal.awaitFiles();
          }
          return null;
        });
  }

  /** Makes the table for rows of the schema where there is none. */
  public void createIfAbsent(RowSchema schema) {
    committing(
        lost -> {
          if (!head.refresh()) {
            head.prepare(schema);
          }
          return null;
        });
  }

  /**
   * Sets and removes metadata domains, without rows.
   *
   * @param schema schema to create the table with where there is none; null to do nothing then
   */
  public void setDomains(RowSchema schema, CommitHook hook) {
    committing(
        lost -> {
          boolean exists = head.refresh();
          if (!exists && schema == null) {
            return null;
          }
          Optional<CommitExtras> extras = hook.decide(head.domains());
          if (extras.isPresent() && turns.await(lost)) {
            extras = hook.decide(head.domains());
            exists = head.state() != null;
            if (!exists && schema == null) {
              return null;
            }
          }
          if (extras.isPresent()) {
            if (!exists) {
              head.prepare(schema);
            }
            Map<String, Optional<String>> domains = new HashMap<>(extras.get().domains());
            domains.putAll(turns.passedOn());
            TableVersion now = log.commit(head.state().version(), NewCommit.ofDomains(domains));
            head.state().committed(now, List.of(), List.of(), domains);
            head.committed();
            committed();
          } else {
            turns.leave();
          }
          return null;
        });
  }

  @Override
  public <T> Optional<T> exclusively(Work<T> work) {
    return committing(lost -> head.refresh() ? Optional.of(run(work)) : Optional.empty());
  }

  private <T> T run(Work<T> work) throws IOException, CommitConflictException {
    boolean intact = false;
    try {
      T result = work.run(head.state());
      intact = true;
      return result;
    } catch (CommitConflictException e) {
      intact = true;
      throw e;
    } finally {
      // What was begun may be half in the index: the next call reads the table from the start.
      if (!intact) {
        head.forget();
      }
    }
  }

  @Override
  public void checkpointed() {
    lock.holding(
        () -> {
          head.reload();
          return null;
        });
  }

  public RowFiles rowFiles() {
    return rowFiles;
  }

  /** What is done beside the commits. */
  public TableMaintenance maintenance() {
    return maintenance;
  }

  /** Where the time of commits goes. */
  public CommitTimes times() {
    return times;
  }

  /** What was seen of the table after the last commit. */
  public TableFigures figures() {
    return figures;
  }

  /** Number of failures to keep the key index on the worker's disk. */
  public long indexKeepingFailures() {
    return keeper.failures();
  }

  /** Number of commits that came second, so far. */
  public long conflicts() {
    return attempts.conflicts();
  }

  private <T> T committing(CommitAttempts.Attempt<T> attempt) {
    return lock.holding(
        () -> {
          T result = attempts.untilCommitted(attempt);
          if (head.state() != null) {
            observer.accept(head.state().version());
          }
          return result;
        });
  }

  /** Ends maintenance, too: it needs the lock to end, so that it is waited for without. */
  @Override
  public void close() {
    maintenance.close();
    keeper.close();
    lock.holdingAnyway(head::forget);
  }
}
