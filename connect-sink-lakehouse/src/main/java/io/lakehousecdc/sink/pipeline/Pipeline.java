// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
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
  private static final long HAND_OVER_MILLIS = 20_000;

  /** Longest wait for a target in a rebalance: well below the default max.poll.interval.ms. */
  private static final Duration MAX_LOAD = Duration.ofMinutes(2);

  private static final int MAX_QUEUED = 2;
  private static final int MAX_FENCED_IN_A_ROW = 3;

  private final Target target;
  private final PipelineOptions options;
  private final SinkMetrics metrics;
  private final RejectionReporter rejections;
  private final EventFilter intake;
  private final Sweeps sweeps;
  private final SweepInquiry inquiry;
  private final Resumption resumption = new Resumption();
  private final Writer writer;
  private final Map<SourcePartition, PartitionProgress> ledgers = new HashMap<>();
  private final Map<SourcePartition, PartitionState> cut = new HashMap<>();
  private final SafeOffsets safe = new SafeOffsets();
  private OpenBatch open;
  private volatile int fencedInARow;

  /**
   * @param name of the writer thread
   */
  public Pipeline(
      String name,
      Target target,
      PipelineOptions options,
      SinkMetrics metrics,
      RejectionReporter rejections) {
    this.target = target;
    this.options = options;
    this.metrics = metrics;
    this.rejections = rejections;
    this.intake = new EventFilter(options, metrics);
    this.sweeps = new Sweeps(options.sweeping());
    this.inquiry = new SweepInquiry(target, options.sweeping());
    this.open = new OpenBatch(options);
    this.writer =
        new Writer(name, new Committer(target, options, metrics, rejections), this::noteCommitted);
  }

  /**
   * Takes partitions over: reads their committed state from the target.
   *
   * @return offsets to read again from, for partitions held already that lost buffered records
   */
  public Map<SourcePartition, Long> open(Set<SourcePartition> partitions) {
    Map<SourcePartition, Long> rewinds = settle() ? Map.of() : restart();
    load(partitions);
    return rewinds;
  }

  /**
   * Gives partitions up, after committing what was begun if that is possible in good time.
   *
   * @return offsets to read again from, for partitions that stay but lost buffered records
   */
  public Map<SourcePartition, Long> close(Set<SourcePartition> partitions) {
    boolean settled = settle();
    partitions.forEach(this::forget);
    if (settled) {
      return Map.of();
    }
    LOG.warn("Buffered changes could not be committed before a rebalance; they are read again");
    return restart();
  }

  /**
   * Where to read again from, if the next record of a partition lies beyond what the target has: it
   * was restored from a backup, or never got what Kafka took as committed. Answers once per
   * partition taken over; a gap that stays then is one of the topic.
   *
   * @param next offset of the next record, or position of the consumer
   */
  public OptionalLong rewind(SourcePartition partition, long next) {
    return resumption.check(partition, next);
  }

  /**
   * Where to read again from, if a partition begins in its midst although the target has nothing of
   * it: the warehouse is new, or its offsets were lost. Answers once per partition taken over.
   * Partitions without changes (heartbeats, transaction boundaries) are not read again.
   *
   * @param first of a change, or of a record that is to be rejected
   */
  public OptionalLong rewindToStart(RecordOffset first) {
    SourcePartition partition = first.partition();
    OptionalLong rewind = resumption.checkFirstChange(first);
    if (rewind.isPresent()) {
      // Records that concern no table may have come before this change: they count as unread.
      ledgers.put(partition, ledger(partition).unread());
      safe.forget(partition);
    }
    return rewind;
  }

  /**
   * Where to read again from while a change has to wait: it is the first of a topic that was
   * deleted and created anew, and changes of the old one are still being committed.
   *
   * @param millis how long to wait for them here
   */
  public OptionalLong rewindToWait(RecordOffset at, ChangeEvent event, long millis) {
    if (!ledger(at.partition()).beginsAnew(at.offset(), event.sourcePosition())) {
      return OptionalLong.empty();
    }
    cut();
    if (!writer.awaitIdle(millis) || writer.failure() != null) {
      return OptionalLong.of(at.offset());
    }
    safe.beganAnew(at.partition(), at.offset());
    return OptionalLong.empty();
  }

  /**
   * A record could not be taken in: neither it nor what follows is committed before all of it has
   * been read again, and {@link #flushIfDue} throws.
   */
  public void fail(Throwable cause) {
    writer.fail(cause);
  }

  /** Takes a change in. */
  public void accept(RecordOffset at, ChangeEvent event, int bytes, Object origin) {
    if (!open.content().accepts(event)) {
      // Before the event is admitted: what is cut now must not count it as applied.
      cut();
    }
    PartitionProgress ledger = touch(at);
    EventFilter.Result result = intake.admit(ledger, at, event);
    open.touch(at.partition());
    if (watchesSnapshots()) {
      sweeps.observe(ledger, at.partition(), event.table()).ifPresent(open::sweep);
    }
    if (!result.isApplied()) {
      return;
    }
    if (ledger.isAhead(event.table(), at.offset())) {
      metrics.duplicate();
      return;
    }
    Entry entry =
        new Entry(result.event(), result.position(), at, rejections.wantsOrigin() ? origin : null);
    open.add(entry, bytes);
    metrics.buffered(1, bytes);
    if (open.isFull() && !open.endsWithDelete()) {
      cut();
    }
  }

  /** Passes a record that concerns no table. */
  public void skip(RecordOffset at) {
    if (touch(at).pass(at.offset())) {
      metrics.skipped();
      open.touch(at.partition());
    }
  }

  /** Sets a record aside that cannot be applied. */
  public void reject(RecordOffset at, DeadLetter letter, Object origin) {
    if (!touch(at).pass(at.offset())) {
      return;
    }
    LOG.warn("Rejected {}: {}", at, letter.errorMessage());
    open.touch(at.partition());
    metrics.buffered(0, open.reject(rejections.report(origin, letter), letter));
    metrics.rejected();
  }

  /**
   * Commits what is due. To be called after every poll, an empty one included.
   *
   * @return whether so much is buffered that reading has to stop until a later call says otherwise
   */
  public boolean flushIfDue() {
    throwFailure();
    inquiry.report(sweeps);
    sweeps.due(ledgers).forEach(open::sweep);
    boolean due = open.ageMillis() >= options.flushing().interval().toMillis();
    boolean patient = open.endsWithDelete() && open.ageMillis() < 2 * options.flushing().interval().toMillis();
    if (open.isFull() || due && !patient && writer.queued() == 0) {
      cut();
    } else if (open.isUntouched() && inquiry.isDue() && writer.queued() == 0) {
      writer.submit(open.seal(List.of()));
      open = new OpenBatch(options);
    }
    boolean full =
        writer.queued() > MAX_QUEUED || metrics.bufferedBytes() > options.flushing().maxBuffered().bytes();
    if (full) {
      sweeps.readingStopped();
    }
    return full;
  }

  /** Waits a little for the writer to catch up; true where reading can go on. */
  public boolean awaitRoom(long millis) {
    boolean room =
        writer.awaitRoom(MAX_QUEUED - 1, millis)
            && metrics.bufferedBytes() <= options.flushing().maxBuffered().bytes();
    throwFailure();
    return room;
  }

  /** Milliseconds until {@link #flushIfDue} has something to do; 1 at least. */
  public long millisUntilDue() {
    return Math.max(1, options.flushing().interval().toMillis() - open.ageMillis());
  }

  /**
   * The offset that may be reported to Kafka for a partition.
   *
   * @param current offset after the last record that was delivered
   */
  public long reportableOffset(SourcePartition partition, long current) {
    PartitionProgress ledger = ledgers.get(partition);
    return ledger == null ? current : safe.reportable(partition, current, ledger.nextOffset());
  }

  /**
   * After a {@link FencedException}: forgets what is buffered and takes the committed state as the
   * target has it now.
   *
   * @return offsets to read on from
   * @throws FencedException it has happened too often in a row: another owner is at work
   */
  public Map<SourcePartition, Long> recover(FencedException fenced) {
    metrics.fenced();
    if (++fencedInARow > MAX_FENCED_IN_A_ROW) {
      throw fenced;
    }
    LOG.warn("Reading the committed state again: {}", fenced.getMessage());
    return restart();
  }

  @Override
  public void close() {
    writer.close();
    target.close();
  }

  private Map<SourcePartition, Long> restart() {
    if (!writer.reset(HAND_OVER_MILLIS)) {
      throw new FatalException(
          "The target did not answer for " + HAND_OVER_MILLIS + " ms. Check its load and locks.");
    }
    metrics.buffered(-metrics.bufferedEvents(), -metrics.bufferedBytes());
    open = new OpenBatch(options);
    sweeps.reset();
    Set<SourcePartition> held = Set.copyOf(ledgers.keySet());
    Map<SourcePartition, Long> first = new HashMap<>(safe.all());
    Map<SourcePartition, Long> begunAnew = safe.begunAnew();
    first.putAll(load(held));
    first.putAll(begunAnew);
    first.keySet().retainAll(held);
    return first;
  }

  private Map<SourcePartition, Long> load(Set<SourcePartition> partitions) {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    // First of all: where the state cannot be read, nothing may be taken in on the old one.
    partitions.forEach(this::forget);
    Duration retry = options.waiting().retry();
    Duration patience = retry.compareTo(MAX_LOAD) < 0 ? retry : MAX_LOAD;
    Map<SourcePartition, LoadedPartition> loaded =
        Backoff.retry(patience, metrics, () -> target.load(partitions));
    Map<SourcePartition, Long> offsets = new HashMap<>();
    for (SourcePartition partition : partitions) {
      LoadedPartition known = loaded.get(partition);
      PartitionState state = known == null ? PartitionState.fresh(0) : known.state();
      PartitionState effective = state.inEpochFrom(options.minimumEpoch());
      Map<TableId, Long> ahead = known == null ? Map.of() : known.tablesAhead();
      ledgers.put(partition, new PartitionProgress(partition, effective, ahead, metrics));
      if (known != null && known.isStored()) {
        cut.put(partition, state);
        safe.stored(partition, state.nextOffset());
        resumption.expect(partition, state.nextOffset());
        offsets.put(partition, state.nextOffset());
      } else {
        resumption.expectFromStart(partition);
      }
    }
    loadSweeps(patience);
    return offsets;
  }

  /** Takes over the sweeps that wait for partitions of the topics that this task now holds. */
  private void loadSweeps(Duration patience) {
    if (watchesSnapshots()) {
      Set<String> topics =
          ledgers.keySet().stream().map(SourcePartition::topic).collect(Collectors.toSet());
      inquiry.topics(topics);
      sweeps.learn(List.of(), Backoff.retry(patience, metrics, () -> target.pendingSweeps(topics)));
    }
  }

  private boolean watchesSnapshots() {
    return options.tables().writeMode() == WriteMode.UPSERT;
  }

  private void forget(SourcePartition partition) {
    ledgers.remove(partition);
    cut.remove(partition);
    safe.forget(partition);
    resumption.forget(partition);
    intake.forget(partition);
  }

  /** Commits everything; false where that failed or took too long. */
  private boolean settle() {
    cut();
    return writer.awaitIdle(HAND_OVER_MILLIS) && writer.failure() == null;
  }

  private void cut() {
    if (open.isUntouched()) {
      return;
    }
    List<PartitionAdvance> advances = new ArrayList<>();
    for (SourcePartition partition : new HashSet<>(open.touched())) {
      PartitionState next = ledger(partition).state();
      advances.add(new PartitionAdvance(partition, Optional.ofNullable(cut.get(partition)), next));
    }
    SealedBatch batch = open.seal(advances);
    open = new OpenBatch(options);
    if (batch.isWorthCommitting()) {
      advances.forEach(step -> cut.put(step.partition(), step.next()));
    }
    writer.submit(batch);
  }

  private void noteCommitted(SealedBatch batch) {
    if (batch.isWorthCommitting()) {
      fencedInARow = 0;
    }
    safe.committed(batch.advances());
    metrics.buffered(-batch.content().entries().size(), -batch.bytes());
    inquiry.committed(batch);
  }

  /** The ledger for a record; the first record's offset is where a partition is safe up to. */
  private PartitionProgress touch(RecordOffset at) {
    safe.received(at.partition(), at.offset());
    return ledger(at.partition());
  }

  private PartitionProgress ledger(SourcePartition partition) {
    PartitionProgress ledger = ledgers.get(partition);
    if (ledger == null) {
      throw new IllegalStateException("A record of " + partition + ", which is not assigned");
    }
    return ledger;
  }

  private void throwFailure() {
    RuntimeException failure = writer.failure();
    if (failure != null) {
      throw failure;
    }
  }
}
