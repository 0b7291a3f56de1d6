// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.HistoryBook;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.OutdatedHistoriesException;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.pipeline.OfferedRecord.Change;
import io.lakehousecdc.sink.pipeline.OfferedRecord.Rejected;
import io.lakehousecdc.sink.pipeline.OfferedRecord.Skipped;
import io.lakehousecdc.sink.spi.SourceProgress;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.Target;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the decoded records of one task to its target: positions, batches, commits. Used by the
 * task thread only; a writer thread of its own commits while the next batch fills.
 *
 * <p>Methods throw the writer's failure, if there was one, except {@link FencedException}s that
 * {@link #recover} can deal with.
 */
public final class Pipeline implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

  /** So many follow from one owner that had not yet heard of the end of its ownership. */
  private static final int FENCED_IN_A_ROW = 3;

  /**
   * An event together with its record, which holds all of the envelope, takes about so many times
   * as much memory as the event.
   */
  private static final int ORIGINAL = 3;

  private final Target target;
  private final PipelineOptions options;
  private final SinkMetrics metrics;
  private final RejectionReporter rejections;
  private final EventFilter filter;
  private final Sweeps sweeps;
  private final SweepInquiry inquiry;
  private final AssignedPartitions assigned;
  private final Batcher batcher;
  private final StatusBook status;
  private final StatusReporter reporter;
  private volatile int fencedInARow;
  private long fencedSince;

  /**
   * @param name of the writer thread
   */
  public Pipeline(
      String name,
      Target target,
      PipelineOptions options,
      SinkMetrics metrics,
      RejectionReporter rejections) {
    this(name, target, options, metrics, rejections, System::nanoTime);
  }

  /**
   * @param clock as {@link System#nanoTime}, for the times of flushes
   */
  Pipeline(
      String name,
      Target target,
      PipelineOptions options,
      SinkMetrics metrics,
      RejectionReporter rejections,
      LongSupplier clock) {
    this.target = target;
    this.options = options;
    this.metrics = metrics;
    this.rejections = rejections;
    HistoryBook book = new HistoryBook(options.epochs());
    RejectedKeys rejectedKeys = new RejectedKeys(metrics);
    this.filter = new EventFilter(options, book, metrics);
    this.sweeps = new Sweeps(options.sweeping(), new Floors(options.tables().relation(), book));
    this.inquiry = new SweepInquiry(target, options.sweeping());
    this.assigned = new AssignedPartitions(target, options, book, rejectedKeys, metrics);
    this.status = new StatusBook(options.status(), target.statusWrites(), clock);
    this.reporter = new StatusReporter(name + "-status", target, status);
    Committer committer =
        new Committer(
            target, options, metrics, rejections, rejectedKeys, new SkipLog(metrics), status);
    this.batcher =
        new Batcher(
            assigned,
            options,
            book,
            metrics,
            target.backlogBatches(),
            new Writer(name, committer, this::noteCommitted, clock),
            clock);
  }

  /**
   * Takes partitions over: reads their committed state from the target.
   *
   * @return offsets to read again from, for partitions held already that lost buffered records
   */
  public Map<SourcePartition, Long> open(Set<SourcePartition> partitions) {
    Map<SourcePartition, Long> rewinds = batcher.commitAll() ? Map.of() : restart();
    if (!partitions.isEmpty()) {
      filter.expectRowsAgain();
      assigned.load(partitions);
      loadSweeps();
    }
    return rewinds;
  }

  /**
   * Gives partitions up, after committing what was begun if that is possible in good time.
   *
   * @return offsets to read again from, for partitions that stay but lost buffered records
   */
  public Map<SourcePartition, Long> close(Set<SourcePartition> partitions) {
    boolean committed = batcher.commitAll();
    assigned.drop(partitions);
    if (committed) {
      return Map.of();
    }
    LOG.warn("Buffered changes could not be committed before a rebalance; they are read again");
    return restart();
  }

  /**
   * Where to read again from, if the position of the consumer lies beyond what the target has: it
   * was restored from a backup, or never got what Kafka took as committed. Asks the same as {@link
   * #offer} does of the first record, for a partition that no record comes from. Either answers
   * once per partition taken over; a gap that stays then is one of the topic.
   */
  public OptionalLong rewindFrom(SourcePartition partition, long position) {
    return assigned
        .find(partition)
        .map(tracker -> tracker.rewindToStored(position))
        .orElse(OptionalLong.empty());
  }

  /**
   * Takes a record in, or tells where its partition has to be read from instead:
   *
   * <ul>
   *   <li>from what the target holds, if the first record lies beyond it;
   *   <li>from the beginning, if the target holds nothing of the partition and its first change is
   *       not its first record. Partitions without changes (heartbeats, transaction boundaries) are
   *       not read again;
   *   <li>from the record itself, which has to wait: it is the first of a topic that was deleted
   *       and created anew, and changes of the old one are still being committed.
   * </ul>
   *
   * @throws IllegalStateException the partition is not assigned
   */
  public OfferResult offer(OfferedRecord offered) {
    OfferResult result = receive(offered);
    if (result instanceof OfferResult.Accepted) {
      take(offered);
    }
    return result;
  }

  /**
   * The first half of {@link #offer}, for a record that is taken in later: tells where its
   * partition has to be read from instead. Until {@link #take} nothing of the record is committed.
   */
  public OfferResult receive(OfferedRecord offered) {
    RecordOffset at = offered.at();
    PartitionTracker tracker = assigned.tracker(at.partition());
    OptionalLong back = rewind(tracker, offered);
    if (back.isPresent()) {
      return new OfferResult.Rewind(back.getAsLong());
    }
    tracker.received(at.offset());
    return OfferResult.ACCEPTED;
  }

  /** The second half of {@link #offer}: takes a record in. Records of a partition come in order. */
  public void take(OfferedRecord offered) {
    RecordOffset at = offered.at();
    PartitionTracker tracker = assigned.tracker(at.partition());
    if (offered instanceof Change change) {
      apply(tracker, change);
    } else if (offered instanceof Rejected rejected) {
      setAside(tracker, rejected);
    } else {
      pass(tracker, at);
    }
  }

  /**
   * Takes records in that are committed together: the next batch has all of them. Only where a
   * table's columns change between two of them, it takes two.
   *
   * @param records the last one tells of the transaction's end
   * @param reached the transaction, to be stored with them; empty where it is not to be
   */
  public void takeTogether(List<OfferedRecord> records, Optional<SourceProgress> reached) {
    batcher.beginTogether(records);
    records.forEach(this::take);
    reached.ifPresent(
        progress ->
            assigned.tracker(records.get(records.size() - 1).at().partition()).reached(progress));
    batcher.endTogether();
  }

  /** Transactions that {@link #takeTogether} has reached, as far as they are committed. */
  public List<SourceProgress> progress() {
    return Backoff.retry(options.waiting().retry(), metrics, target::progress);
  }

  /** The record without what is not needed of it, for one that waits before it is taken in. */
  public OfferedRecord kept(OfferedRecord offered) {
    return offered instanceof Change change && !rejections.wantsOriginal()
        ? new Change(
            change.at(), change.event(), change.bytes(), change.run(), change.origin(), null)
        : offered;
  }

  /**
   * A record could not be taken in: neither it nor what follows is committed before all of it has
   * been read again, and {@link #flushIfDue} throws.
   */
  public void fail(Throwable cause) {
    batcher.fail(cause);
  }

  /**
   * Takes note of a poll: where it has brought many records, more are at hand. To be called after
   * each, before {@link #flushIfDue}.
   */
  public void polled(int records) {
    batcher.polled(records);
  }

  /**
   * Commits what is due. To be called after every poll, an empty one included.
   *
   * @return whether so much is buffered that reading has to stop until a later call says otherwise
   */
  public boolean flushIfDue() {
    batcher.throwFailure();
    inquiry.report(sweeps);
    sweeps.due(assigned.trackers()).forEach(batcher::sweep);
    if (!batcher.cutIfDue() && inquiry.isDue()) {
      batcher.cutEmptyIfIdle();
    }
    boolean full = batcher.isFull();
    if (full || !batcher.pausedTopics().isEmpty()) {
      sweeps.readingStopped();
    }
    return full;
  }

  /**
   * Topics that need not be read, because their tables are under maintenance which takes its time.
   * Their records are taken in all the same.
   */
  public Set<String> pausedTopics() {
    return batcher.pausedTopics();
  }

  /**
   * Waits a little for the writer to catch up, as {@link PipelineOptions.Waiting#call} allows; true
   * where reading can go on.
   */
  public boolean awaitRoom() {
    boolean room = batcher.awaitRoom(options.waiting().call());
    batcher.throwFailure();
    return room;
  }

  /** Milliseconds until {@link #flushIfDue} has something to do; 1 at least. */
  public long millisUntilDue() {
    return batcher.millisUntilDue();
  }

  /**
   * The offset that may be reported to Kafka for a partition.
   *
   * @param current offset after the last record that was delivered
   */
  public long reportableOffset(SourcePartition partition, long current) {
    return assigned
        .find(partition)
        .map(tracker -> tracker.reportableOffset(current))
        .orElse(current);
  }

  /**
   * After a {@link FencedException}: forgets what is buffered and takes the committed state as the
   * target has it now.
   *
   * @return offsets to read on from
   * @throws FencedException it has happened several times in a row, and for longer than the time
   *     for retries: another owner is at work
   */
  public Map<SourcePartition, Long> recover(FencedException fenced) {
    metrics.fenced();
    // Each time that histories are outdated, more of them are known afterwards: it ends.
    boolean isOwner = fenced instanceof OutdatedHistoriesException;
    if (!isOwner && isOutOwned()) {
      throw fenced;
    }
    LOG.warn("Reading the committed state again: {}", fenced.getMessage());
    return restart();
  }

  /**
   * Counts one more fenced commit; whether another owner has been at work for too long. A zombie's
   * last batches are few and come within the time for retries; how many, nobody knows.
   */
  private boolean isOutOwned() {
    long now = System.nanoTime();
    if (fencedInARow == 0) {
      fencedSince = now;
    }
    fencedInARow++;
    return fencedInARow > FENCED_IN_A_ROW
        && now - fencedSince > TimeUnit.NANOSECONDS.convert(options.waiting().retry());
  }

  @Override
  public void close() {
    batcher.close();
    reporter.close();
    target.close();
  }

  private OptionalLong rewind(PartitionTracker tracker, OfferedRecord offered) {
    long offset = offered.at().offset();
    OptionalLong back = tracker.rewindToStored(offset);
    if (back.isPresent() || offered instanceof Skipped) {
      return back;
    }
    back = tracker.rewindToStart(offset);
    return back.isEmpty() && offered instanceof Change change
        ? rewindToWait(tracker, offset, change.event())
        : back;
  }

  private OptionalLong rewindToWait(PartitionTracker tracker, long offset, ChangeEvent event) {
    if (!tracker.progress().beginsAnew(offset, event.sourcePosition())) {
      return OptionalLong.empty();
    }
    if (!batcher.commitAll(options.waiting().call())) {
      return OptionalLong.of(offset);
    }
    tracker.beginAnew(offset);
    return OptionalLong.empty();
  }

  private void apply(PartitionTracker tracker, Change change) {
    RecordOffset at = change.at();
    batcher.makeRoomFor(change.event(), at.partition().topic());
    if (change.event() instanceof TruncateEvent truncate) {
      assigned.compareWithTruncate(tracker, truncate.sourcePosition());
    }
    EventFilter.Result result = filter.filter(tracker, change);
    if (change.origin() == OfferedRecord.Origin.REPLAY) {
      tracker.progress().passedReplay();
    }
    batcher.touch(tracker.partition());
    if (followsSnapshots()) {
      Optional<Sweeps.Due> due = sweeps.observe(tracker, change.event().table());
      if (due.isPresent()) { // Not by a lambda, which would be an object for each event.
        batcher.sweep(due.get());
      }
    }
    if (!result.isApplied()) {
      return;
    }
    if (tracker.progress().isAhead(change.event().table(), at.offset())) {
      metrics.duplicate();
      return;
    }
    Object original = rejections.wantsOriginal() ? change.original() : null;
    batcher.add(
        new Entry(
            result.event(), result.position(), result.delivery(), result.floor(), at, original),
        original == null ? change.bytes() : ORIGINAL * change.bytes());
    if (result.deletion() != null) {
      batcher.add(result.deletionEntry(at), 0);
    }
    batcher.cutIfFull();
  }

  private void setAside(PartitionTracker tracker, Rejected rejected) {
    if (!tracker.progress().pass(rejected.at().offset())) {
      return;
    }
    LOG.warn("Rejected {}: {}", rejected.at(), reason(rejected));
    batcher.touch(tracker.partition());
    batcher.reject(
        rejections.report(rejected.original(), rejected.letter()),
        tracker.partition(),
        rejected.letter());
    metrics.rejected();
    status.rejected(
        tracker.partition().topic(), null, rejected.letter().errorClass(), reason(rejected));
  }

  /** Why a record is set aside: a letter about another one was written by others, who may quote. */
  private static String reason(Rejected rejected) {
    DeadLetter letter = rejected.letter();
    return letter.recordOffset().equals(rejected.at())
        ? letter.errorMessage()
        : "a dead letter of " + letter.recordOffset() + " (" + letter.errorClass() + ")";
  }

  private void pass(PartitionTracker tracker, RecordOffset at) {
    if (tracker.progress().pass(at.offset())) {
      metrics.skipped();
      batcher.touch(tracker.partition());
    }
  }

  private Map<SourcePartition, Long> restart() {
    batcher.discard();
    sweeps.reset();
    if (assigned.isEmpty()) {
      return Map.of();
    }
    filter.expectRowsAgain();
    Map<SourcePartition, Long> offsets = assigned.reload();
    loadSweeps();
    return offsets;
  }

  /** Takes over the sweeps that wait for partitions of the topics that this task now holds. */
  private void loadSweeps() {
    if (followsSnapshots()) {
      Set<String> topics = assigned.topics();
      inquiry.topics(topics);
      sweeps.learn(
          List.of(),
          Backoff.retry(options.waiting().retry(), metrics, () -> target.pendingSweeps(topics)));
    }
  }

  private boolean followsSnapshots() {
    return options.tables().writeMode() != WriteMode.APPEND;
  }

  /** On the writer thread. */
  private void noteCommitted(SealedBatch batch) {
    if (batch.isWorthCommitting()) {
      fencedInARow = 0;
    }
    batch.steps().forEach(PartitionStep::committed);
    metrics.buffered(-batch.content().entries().size(), -batch.bytes());
    inquiry.committed(batch);
  }
}
