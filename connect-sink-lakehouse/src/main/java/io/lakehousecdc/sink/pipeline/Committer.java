// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.OutOfOrderException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits one batch: tries again what may pass, waits for the changes that resolve a constraint,
 * and sets aside the records that a target refuses. Used by the writer thread only, except where a
 * method says otherwise.
 */
final class Committer {
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
  private static final int FRESHNESS_SAMPLE = 8;

  /** Longest wait for one more batch before the commit is tried again. */
  private static final long MAX_JOIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Target target;
  private final PipelineOptions options;
  private final SinkMetrics metrics;
  private final RejectionReporter rejections;
  private final RejectedKeys rejectedKeys;
  private final SkipLog skipLog;
  private final StatusBook status;

  Committer(
      Target target,
      PipelineOptions options,
      SinkMetrics metrics,
      RejectionReporter rejections,
      RejectedKeys rejectedKeys,
      SkipLog skipLog,
      StatusBook status) {
    this.target = target;
    this.options = options;
    this.metrics = metrics;
    this.rejections = rejections;
    this.rejectedKeys = rejectedKeys;
    this.skipLog = skipLog;
    this.status = status;
  }

  /** Gives the batch that follows, for a batch that cannot be committed without it. */
  interface Following {
    /**
     * Waits for the next batch and takes it, if it can be joined to {@code batch}.
     *
     * @return both as one; empty where none came in time or it cannot be joined
     */
    Optional<SealedBatch> join(SealedBatch batch, Duration patience) throws InterruptedException;

    /** Whether batches wait for maintenance: they can follow only when it has ended. */
    default boolean waitForMaintenance() {
      return false;
    }
  }

  /** Tells the target of a batch that will be committed soon. Called by any thread. */
  void prepare(SealedBatch batch) {
    target.prepare(batch.commit());
  }

  /** See {@link Target#needingMaintenance}. */
  Set<TableId> needingMaintenance(SealedBatch batch) {
    return batch.isWorthCommitting()
        ? Backoff.retry(
            options.waiting().retry(), metrics, () -> target.needingMaintenance(batch.commit()))
        : Set.of();
  }

  /** See {@link Target#maintain}. Called by one thread beside the writer. */
  void maintain(SealedBatch batch) {
    if (batch.isWorthCommitting()) {
      try {
        Backoff.retry(
            options.waiting().retry(),
            metrics,
            () -> {
              target.maintain(batch.commit());
              return null;
            });
      } catch (FencedException e) {
        throw e;
      } catch (RuntimeException e) {
        status.failed(batch, e);
        throw e;
      }
    }
  }

  /** Whether a batch is committed as a whole, or topic by topic where tables need maintenance. */
  boolean keepsBatchesWhole() {
    return options.batches() == PipelineOptions.Batches.OF_TRANSACTIONS;
  }

  /** See {@link Target#cancel}. Called by any thread. */
  void cancel() {
    target.cancel();
  }

  /** See {@link Target#abort}. Called by any thread. */
  void abort() {
    target.abort();
  }

  /**
   * Commits the batch, together with following ones where a constraint demands it.
   *
   * @return what was committed, possibly more than {@code batch}
   * @throws io.lakehousecdc.sink.error.TargetException it cannot be committed
   */
  SealedBatch commit(SealedBatch batch, Following following) throws InterruptedException {
    try {
      return commitUntilDone(batch, following);
    } catch (FencedException e) {
      throw e; // Its records are read again: nothing has failed.
    } catch (RuntimeException e) {
      status.failed(batch, e);
      throw e;
    } finally {
      status.ended();
    }
  }

  private SealedBatch commitUntilDone(SealedBatch batch, Following following)
      throws InterruptedException {
    SealedBatch current = rejectedKeys.applied(batch);
    Backoff backoff = new Backoff(options.waiting().retry(), metrics);
    Deadline resolving = new Deadline(options.waiting().constraint());
    while (true) {
      try {
        awaitReports(current);
        Optional<SealedBatch> again = attempt(current, following, resolving);
        if (again.isEmpty()) {
          return current;
        }
        current = again.get();
      } catch (RetriableException e) {
        status.failed(current, e);
        if (e.madeProgress()) {
          backoff = new Backoff(options.waiting().retry(), metrics);
        }
        backoff.pause(e);
        // The others, whose changes may be missing, could not write meanwhile either.
        resolving.restart();
      }
    }
  }

  /** Commits, or returns the batch that is to be tried instead. */
  private Optional<SealedBatch> attempt(SealedBatch batch, Following following, Deadline resolving)
      throws InterruptedException {
    try {
      if (!batch.isWorthCommitting()) {
        return Optional.empty();
      }
      long started = System.nanoTime();
      CommitReceipt receipt = target.commit(status.begin(batch));
      account(batch, receipt, System.nanoTime() - started);
      status.committed(batch, receipt);
      return Optional.empty();
    } catch (RecordException e) {
      return Optional.of(setAside(batch, e));
    } catch (OutOfOrderException e) {
      return Optional.of(extend(batch, following, resolving, e));
    }
  }

  private void account(SealedBatch batch, CommitReceipt receipt, long nanos) {
    List<Entry> entries = batch.content().entries();
    metrics.committed(
        entries.size(),
        nanos,
        receipt.upserted(),
        receipt.deleted(),
        receipt.toastMerged(),
        receipt.orphaned());
    skipLog.skipped(receipt.skips().plus(batch.content().skips()), entries);
    if (receipt.orphaned() > 0 && !batch.content().sweeps().isEmpty()) {
      LOG.warn(
          "A completed snapshot of {} did not contain {} stored rows{}",
          batch.content().sweeps().stream().map(Sweeps.Due::table).toList(),
          receipt.orphaned(),
          options.sweeping().mode() == Sweep.Mode.REMOVE
              ? "; they were removed"
              : ". Set snapshot.sweep=true to have such rows removed");
    }
    long now = System.currentTimeMillis() * 1000;
    for (int i = entries.size() - 1; i >= 0; i -= FRESHNESS_SAMPLE) {
      SourcePosition sourcePosition = entries.get(i).event().sourcePosition();
      if (sourcePosition.commitMicros() > 0 && sourcePosition.snapshot() == Snapshot.NO) {
        metrics.fresh(now - sourcePosition.commitMicros());
      }
    }
  }

  private SealedBatch setAside(SealedBatch batch, RecordException refusal) {
    Map<Entry, RecordException> bad = BadRecordBisector.find(target, batch, refusal);
    List<SealedBatch.Letter> letters = new ArrayList<>();
    List<Future<?>> reports = new ArrayList<>();
    bad.forEach(
        (entry, reason) -> {
          DeadLetter letter =
              rejections.describe(entry.original(), entry.event(), entry.at(), reason);
          LOG.warn("Rejected {}: {}", entry.at(), reason.getMessage());
          metrics.rejected();
          status.rejected(
              entry.at().partition().topic(),
              entry.event().table(),
              letter.errorClass(),
              letter.errorMessage());
          metrics.buffered(-1, 0);
          reports.add(rejections.report(entry.original(), letter));
          if (options.tables().deadLetterTable().isPresent()) {
            letters.add(new SealedBatch.Letter(entry.at().partition(), letter));
          }
        });
    rejectedKeys.reject(bad.keySet());
    return rejectedKeys.applied(batch.without(bad.keySet(), letters, reports));
  }

  private SealedBatch extend(
      SealedBatch batch, Following following, Deadline resolving, OutOfOrderException refusal)
      throws InterruptedException {
    if (following.waitForMaintenance()) {
      resolving.restart();
    }
    long left = resolving.left();
    if (left > 0) {
      LOG.info("Waiting for more changes: {}", refusal.getMessage());
      return following
          .join(batch, Duration.ofNanos(Math.min(left, MAX_JOIN_NANOS)))
          .map(rejectedKeys::applied)
          .orElse(batch);
    }
    throw new FatalException(
        refusal.getMessage()
            + " No later change resolved it. Drop or defer the constraint in the target: a replica"
            + " of tables that arrive over several topics cannot keep it at every moment.",
        refusal);
  }

  /**
   * Waits until the reports of the batch's rejected records are safe, as long as a commit is tried.
   *
   * @throws FatalException they failed, or have not been answered in time
   */
  private void awaitReports(SealedBatch batch) throws InterruptedException {
    Duration patience = options.waiting().retry();
    long giveUpAt = System.nanoTime() + patience.toNanos();
    for (Future<?> report : batch.reports()) {
      try {
        report.get(Math.max(0, giveUpAt - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        throw new FatalException(
            "A rejected record could not be written to the dead letter queue ("
                + e.getCause().getMessage()
                + "). Check that the DLQ topic exists and can be written.",
            e.getCause());
      } catch (TimeoutException e) {
        FatalException reason =
            new FatalException(
                "The dead letter queue has not answered for "
                    + patience.toMillis()
                    + " ms (retry.timeout.ms), so rejected records are stored nowhere. Check that its"
                    + " topic exists, can be written, and has as many replicas in sync as its"
                    + " min.insync.replicas asks for; then restart the task.",
                e);
        rejections.abandon(reason);
        throw reason;
      }
    }
  }
}
