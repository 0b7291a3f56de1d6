// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.postgres.store.Bookkeeping;
import io.lakehousecdc.sink.postgres.write.AttemptResult;
import io.lakehousecdc.sink.postgres.write.AttemptResult.Applied;
import io.lakehousecdc.sink.postgres.write.AttemptResult.Outdated;
import io.lakehousecdc.sink.postgres.write.AttemptResult.UniqueValuesClash;
import io.lakehousecdc.sink.postgres.write.CommitAttempt;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitId;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * The way of a commit into the database: attempts, each a transaction, until one succeeds or there
 * is no other way to try. The histories come first in it, since whoever changes them holds nothing
 * yet that others wait for; then the offsets, so that a zombie waits for the true owner's
 * transaction and then fails. Not thread-safe.
 */
final class CommitRunner {
  private final TargetSession session;
  private final PostgresSettings settings;
  private final Bookkeeping bookkeeping;
  private final SharedHistories histories;
  private final BeforeCommit before;
  private final DoneWork done;
  private final BackgroundSweeps sweeps;
  private final StatusWriter status;
  private final AtomicLong replacements = new AtomicLong();
  private boolean hasProgressTable;
  private Done last = new Done(CommitId.unique(), CommitReceipt.NOTHING);

  /** A commit that was applied; whether it was committed too, the offsets tell. */
  private record Done(CommitId commit, CommitReceipt receipt) {}

  /** What an attempt does within its transaction. */
  private interface Step {
    AttemptResult run(Session session, CommitAttempt attempt) throws SQLException;
  }

  CommitRunner(
      TargetSession session,
      PostgresSettings settings,
      Bookkeeping bookkeeping,
      SharedHistories histories,
      BeforeCommit before,
      DoneWork done,
      BackgroundSweeps sweeps,
      StatusWriter status) {
    this.before = before;
    this.done = done;
    this.sweeps = sweeps;
    this.status = status;
    this.session = session;
    this.settings = settings;
    this.bookkeeping = bookkeeping;
    this.histories = histories;
  }

  /** Applies a commit; does nothing where it has been committed before. */
  CommitReceipt commit(Commit commit) {
    sweeps.throwFailure();
    List<TableBatch> stored = asStored(commit);
    before.run(commit, stored);
    List<TableBatch> batches = done.without(stored);
    CommitReceipt receipt =
        untilApplied(
            commit.histories(),
            (connected, attempt) -> {
              histories.agreeOn(connected.connection(), commit.histories());
              if (!bookkeeping
                  .offsets()
                  .advance(connected.connection(), commit.advances(), commit.id())) {
                return new Applied(receiptOf(commit.id()));
              }
              AttemptResult result =
                  attempt.apply(commit.id(), batches, dueSweeps(connected, commit));
              if (result instanceof Applied applied) {
                writeDeadLetters(connected, commit);
                writeProgress(connected, commit);
                CommitReceipt done = written(connected, commit, applied.receipt());
                last = new Done(commit.id(), done);
                return new Applied(done);
              }
              return result;
            },
            Applied.class::isInstance);
    histories.agreedOn(commit.histories());
    hasProgressTable |= !commit.progress().isEmpty();
    if (stored.stream().anyMatch(batch -> batch.sweep().isPresent())) {
      sweeps.wake();
    }
    return receipt.plus(new CommitReceipt(0, done.committed(stored), 0, 0, sweeps.takeOrphaned()));
  }

  /** Tables of a commit that need long work before it, while others can be committed. */
  Set<TableId> needingMaintenance(Commit commit) {
    List<TableBatch> stored = asStored(commit);
    Set<TableId> apart = before.apart(stored);
    Set<TableId> needing = new HashSet<>();
    for (TableBatch batch : commit.batches()) {
      if (apart.contains(settings.resolved(batch.table()))) {
        needing.add(batch.table());
      }
    }
    return needing;
  }

  /** Applies a commit and takes it back. */
  void rehearse(Commit commit) {
    List<TableBatch> batches = done.without(asStored(commit));
    untilApplied(
        commit.histories(),
        (connected, attempt) -> {
          AttemptResult result = attempt.apply(commit.id(), batches, Set.of());
          if (result instanceof Applied) {
            connected.execute("SET CONSTRAINTS ALL IMMEDIATE");
          }
          return result;
        },
        result -> false);
  }

  /** Number of batches whose rows were removed and written anew; for any thread. */
  long replacements() {
    return replacements.get();
  }

  private CommitReceipt receiptOf(CommitId commit) {
    return last.commit().equals(commit) ? last.receipt() : CommitReceipt.NOTHING;
  }

  private CommitReceipt untilApplied(Histories known, Step step, Predicate<AttemptResult> isKept) {
    Set<TableId> replaced = new HashSet<>();
    boolean refreshed = false;
    while (true) {
      AttemptResult result = attempt(known, step, replaced, isKept);
      if (result instanceof Applied applied) {
        return applied.receipt();
      } else if (result instanceof UniqueValuesClash clash) {
        if (!replaced.add(clash.table())) {
          throw clash.failure();
        }
        replacements.incrementAndGet();
      } else if (result instanceof Outdated outdated) {
        if (refreshed) {
          // Somebody may be changing tables: how often, nobody knows, so time is the limit.
          throw new RetriableException(outdated.failure().getMessage(), outdated.failure());
        }
        refreshed = true;
        session.discard();
      }
    }
  }

  private AttemptResult attempt(
      Histories known, Step step, Set<TableId> replaced, Predicate<AttemptResult> isKept) {
    CommitAttempt[] attempt = new CommitAttempt[1];
    try {
      return session.transaction(
          (connected, tables) -> {
            attempt[0] =
                new CommitAttempt(connected, tables, bookkeeping, settings, known, replaced);
            return step.run(connected, attempt[0]);
          },
          isKept);
    } catch (SQLException e) {
      String place = attempt[0] == null ? "Connecting" : attempt[0].place();
      if (SqlErrors.isOutdated(e)) {
        return new Outdated(SqlErrors.classify(e, place));
      }
      throw SqlErrors.classify(e, place);
    }
  }

  /** The batches, each with the table that its own is stored as. */
  List<TableBatch> asStored(Commit commit) {
    Set<TableId> names = new HashSet<>();
    List<TableBatch> batches = new ArrayList<>();
    for (TableBatch batch : commit.batches()) {
      TableId table = settings.resolved(batch.table());
      if (!names.add(table)) {
        throw new FatalException(
            "Two topics are written to table "
                + table
                + ", once with and once without its schema. Write the schema in both,"
                + " in table.name.format or table.name.map.");
      }
      batches.add(batch.withTable(table));
    }
    return batches;
  }

  /** Tables to sweep; sweeps that have to wait are remembered. */
  private Set<TableId> dueSweeps(Session connected, Commit commit) throws SQLException {
    Set<TableId> due = new HashSet<>();
    if (settings.tables().writeMode() == WriteMode.APPEND) {
      return due;
    }
    for (TableBatch batch : commit.batches()) {
      if (batch.sweep().isPresent()
          && bookkeeping
              .sweeps()
              .ask(
                  connected.connection(), batch.table(), batch.sweep().get(), commit.histories())) {
        due.add(settings.resolved(batch.table()));
      }
    }
    return due;
  }

  /**
   * The receipt of the tables as the commit names them, when the status is written, if it can be.
   */
  private CommitReceipt written(Session connected, Commit commit, CommitReceipt receipt)
      throws SQLException {
    Map<TableId, TableId> names = new HashMap<>();
    commit.batches().forEach(each -> names.put(settings.resolved(each.table()), each.table()));
    CommitReceipt named = receipt.named(table -> names.getOrDefault(table, table));
    return status.writeWithCommit(connected, named.addedTo(commit.status()))
        ? named.withStatusWritten()
        : named;
  }

  private void writeDeadLetters(Session connected, Commit commit) throws SQLException {
    if (bookkeeping.deadLetters().isPresent() && !commit.deadLetters().isEmpty()) {
      bookkeeping.deadLetters().get().write(connected.connection(), commit.deadLetters());
    }
  }

  private void writeProgress(Session connected, Commit commit) throws SQLException {
    if (commit.progress().isEmpty()) {
      return;
    }
    if (!hasProgressTable) {
      bookkeeping.createProgress(connected);
    }
    bookkeeping.progress().write(connected.connection(), commit.progress());
  }
}
