// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.HistoryBook;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.pipeline.PipelineOptions.WhenIdle;
import io.lakehousecdc.sink.spi.BacklogBatches;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills one batch after the other and hands them to the writer thread. Used by the task thread
 * only.
 */
final class Batcher implements AutoCloseable {
  /** Longest wait for a commit before partitions change hands; after that it is cancelled. */
  private static final Duration HAND_OVER = Duration.ofSeconds(20);

  /**
   * Longest wait for a commit to end that was cancelled, and then aborted: for targets that cannot
   * do either, in the midst of a call that takes long. Well below the default max.poll.interval.ms.
   */
  private static final Duration CANCELLATION = Duration.ofMinutes(2);

  private static final int MAX_QUEUED = 2;
  private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

  private final AssignedPartitions assigned;
  private final PipelineOptions options;
  private final HistoryBook book;
  private final SinkMetrics metrics;
  private final Writer writer;
  private final LongSupplier clock;
  private final IdleFlush idleFlush;
  private final Backlog backlog;
  private OpenBatch open;

  /** What is added now is to be in one batch. */
  private boolean together;

  /**
   * @param book histories of the connector
   * @param large what batches the target wants while the task is behind
   * @param writer closed with this
   * @param clock as {@link System#nanoTime}
   */
  Batcher(
      AssignedPartitions assigned,
      PipelineOptions options,
      HistoryBook book,
      SinkMetrics metrics,
      BacklogBatches large,
      Writer writer,
      LongSupplier clock) {
    this.assigned = assigned;
    this.options = options;
    this.book = book;
    this.metrics = metrics;
    this.writer = writer;
    this.clock = clock;
    this.idleFlush = new IdleFlush(options.flushing().interval());
    this.backlog = new Backlog(options.flushing(), large, clock);
    this.open = new OpenBatch(options, clock);
  }

  /**
   * Cuts the batch where the event needs one of its own. To be called before its partition's
   * progress counts the event: what is cut here must not say that it is applied.
   *
   * @param topic of the event's record
   */
  void makeRoomFor(ChangeEvent event, String topic) {
    if (needsOwn(event, topic)) {
      if (together) {
        LOG.warn(
            "Table {} gets other columns, or another snapshot of it ends, within a transaction of the"
                + " source: the transaction becomes visible in parts",
            event.table());
      }
      cut();
    }
  }

  private boolean needsOwn(ChangeEvent event, String topic) {
    return !open.content().accepts(event) || mayEndAnotherSnapshot(event, topic);
  }

  /**
   * What is added next, up to {@link #endTogether}, is to be committed together.
   *
   * @param changes what will be added: where one of them needs another batch, all come into it
   */
  void beginTogether(List<OfferedRecord> changes) {
    for (OfferedRecord each : changes) {
      if (each instanceof OfferedRecord.Change change
          && needsOwn(change.event(), change.at().partition().topic())) {
        cut();
        break;
      }
    }
    together = true;
  }

  /** Cuts the batch if what was added since {@link #beginTogether} has made it full. */
  void endTogether() {
    together = false;
    if (open.isFull()) {
      cut();
    }
  }

  /**
   * A batch has one sweep of a table, and the event may ask for that of another source or topic.
   */
  private boolean mayEndAnotherSnapshot(ChangeEvent event, String topic) {
    Sweep sweep = open.content().sweepOf(event.table());
    if (sweep == null) {
      return false;
    }
    SourceId swept = book.known().sourceOf(sweep.below().epoch());
    return !sweep.topic().equals(topic) || !swept.equals(event.sourcePosition().source());
  }

  /** Notes that a partition's state has moved. */
  void touch(SourcePartition partition) {
    open.touch(partition);
  }

  /** Adds an event, after {@link #touch}; {@link #cutIfFull} follows. */
  void add(Entry entry, int bytes) {
    open.add(entry, bytes);
    metrics.buffered(1, bytes);
  }

  /** Cuts the batch if events of the last record have made it full: these stay together. */
  void cutIfFull() {
    if (!together && open.isFull() && !open.endsWithDelete() && !backlog.grows(open)) {
      cut();
    }
  }

  /**
   * Adds the report of a rejected record, after {@link #touch}.
   *
   * @param from partition that the record came from
   */
  void reject(Future<?> report, SourcePartition from, DeadLetter letter) {
    metrics.buffered(0, open.reject(report, from, letter));
  }

  /** Requests a sweep, in the open batch if it has none of the same table and other rows. */
  void sweep(Sweeps.Due due) {
    if (!open.content().accepts(due)) {
      cut();
    }
    open.sweep(due);
  }

  /** Hands over what was begun, if anything was. */
  void cut() {
    if (open.isUntouched()) {
      return;
    }
    List<PartitionTracker> moved = open.touched().stream().map(assigned::tracker).toList();
    List<PartitionStep> steps = new ArrayList<>(moved.size());
    moved.forEach(tracker -> steps.add(tracker.step()));
    SealedBatch batch = open.seal(steps, book.known());
    open = new OpenBatch(options, clock);
    if (batch.isWorthCommitting()) {
      for (int i = 0; i < steps.size(); i++) {
        moved.get(i).cut(steps.get(i).advance().next());
      }
    }
    writer.submit(batch);
  }

  /** Hands over a batch that is full, or old enough while the writer waits for one. */
  boolean cutIfDue() {
    if (backlog.grows(open)) {
      return false;
    }
    long interval = options.flushing().interval().toMillis();
    boolean due = open.ageMillis() >= interval;
    boolean patient = open.endsWithDelete() && open.ageMillis() < 2 * interval;
    boolean cuts = open.isFull() || due && !patient && writer.queued() == 0 || isDueWhenIdle();
    if (cuts) {
      cut();
    }
    return cuts;
  }

  private boolean isDueWhenIdle() {
    return flushesWhenIdle() && idleFlush.isDue(open.ageNanos(), writer.activity());
  }

  /**
   * What waits for maintenance would get more batches behind it, which have to be committed too.
   */
  private boolean flushesWhenIdle() {
    return options.flushing().whenIdle() == WhenIdle.FLUSH
        && !open.isUntouched()
        && !open.endsWithDelete()
        && !writer.holdsBack();
  }

  /** Takes note of how many records the last poll has brought. */
  void polled(int records) {
    idleFlush.polled(records);
    backlog.polled(records);
  }

  /** Hands over an empty batch, for what the writer thread does between commits, if it is idle. */
  void cutEmptyIfIdle() {
    if (open.isUntouched() && writer.queued() == 0) {
      writer.submit(open.seal(List.of(), book.known()));
      open = new OpenBatch(options, clock);
    }
  }

  /**
   * Commits everything; false where that failed or took longer than partitions can wait, and at
   * once where tables are under maintenance.
   */
  boolean commitAll() {
    cut();
    return writer.awaitHandOver(HAND_OVER) && writer.failure() == null;
  }

  /** Commits everything; false where that failed or took longer than {@code patience}. */
  boolean commitAll(Duration patience) {
    cut();
    return writer.awaitIdle(patience) && writer.failure() == null;
  }

  /**
   * Forgets everything that is not committed, and a failure of the writer. A commit in flight is
   * cancelled.
   *
   * @throws FatalException it did not end in spite of that
   */
  void discard() {
    if (!writer.reset(CANCELLATION)) {
      throw new FatalException(
          "The target did not answer for "
              + CANCELLATION.toMillis()
              + " ms, although the commit was cancelled. Check its load and the network.");
    }
    metrics.buffered(-metrics.bufferedEvents(), -metrics.bufferedBytes());
    together = false;
    open = new OpenBatch(options, clock);
  }

  /** Whether so much is buffered that reading has to stop. */
  boolean isFull() {
    return writer.queued() > MAX_QUEUED || exceedsBuffer();
  }

  /** Waits for the writer to catch up; true where reading can go on. */
  boolean awaitRoom(Duration patience) {
    return writer.awaitRoom(MAX_QUEUED - 1, patience) && !exceedsBuffer();
  }

  private boolean exceedsBuffer() {
    // What waits for maintenance is left out, since nothing is added to it; it must not stop
    // others.
    return metrics.bufferedBytes() - writer.heldBytes() > backlog.maxBuffered();
  }

  /** Topics whose tables are under maintenance, and which need not be read until it ends. */
  Set<String> pausedTopics() {
    return writer.pausedTopics();
  }

  /** Milliseconds until the batch may be due; at least 1. */
  long millisUntilDue() {
    if (backlog.grows(open)) {
      return Backlog.QUIET.toMillis();
    }
    long old = options.flushing().interval().toMillis() - open.ageMillis();
    return Math.max(1, flushesWhenIdle() ? Math.min(old, millisUntilIdle()) : old);
  }

  private long millisUntilIdle() {
    long nanos = idleFlush.nanosUntilDue(open.ageNanos(), writer.activity());
    return (nanos + 999_999) / 1_000_000;
  }

  /** Takes no more batches, as if the writer had failed. */
  void fail(Throwable cause) {
    writer.fail(cause);
  }

  /** Throws the writer's failure, if there was one. */
  void throwFailure() {
    RuntimeException failure = writer.failure();
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() {
    writer.close();
  }
}
