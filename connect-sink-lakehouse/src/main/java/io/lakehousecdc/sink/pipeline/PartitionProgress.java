// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.HistoryBook;
import io.lakehousecdc.order.Placement;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourceStream;
import io.lakehousecdc.order.StreamState;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.pipeline.FilterDecision.Verdict;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PartitionState.Fingerprint;
import io.lakehousecdc.sink.spi.PartitionState.SourceState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far one topic partition has been read: gives every record its position, and recognises
 * redeliveries, topics that were created anew and histories that began. Holds the working state,
 * ahead of the committed one. Used by the task thread only.
 */
final class PartitionProgress {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionProgress.class);

  private final SourcePartition partition;
  private final SinkMetrics metrics;
  private final HistoryBook book;
  private final PartitionState takenOver;
  private final Map<TableId, Long> tablesAhead;
  private final Map<SourceId, TrackedStream> streams = new LinkedHashMap<>();
  private TrackedStream latest;
  private long nextOffset;
  private long lastRecordAt = System.nanoTime();
  private OptionalLong justCompleted = OptionalLong.empty();

  PartitionProgress(
      SourcePartition partition, PartitionState state, HistoryBook book, SinkMetrics metrics) {
    this(partition, state, Map.of(), book, metrics);
  }

  /**
   * @param tablesAhead tables that have applied more than {@code state} says, and up to where
   * @param book histories of the connector
   */
  PartitionProgress(
      SourcePartition partition,
      PartitionState state,
      Map<TableId, Long> tablesAhead,
      HistoryBook book,
      SinkMetrics metrics) {
    this.partition = partition;
    this.metrics = metrics;
    this.book = book;
    this.takenOver = state;
    this.tablesAhead = new HashMap<>(tablesAhead);
    this.nextOffset = state.nextOffset();
    for (SourceState each : state.streams()) {
      if (!each.source().equals(SourceId.UNKNOWN)) {
        resume(each.source(), each);
      }
    }
    latest = state.streams().isEmpty() ? null : streams.get(state.streams().get(0).source());
  }

  /** The same as it began. */
  PartitionProgress unread() {
    return new PartitionProgress(partition, takenOver, tablesAhead, book, metrics);
  }

  /**
   * The state to commit with everything admitted so far.
   *
   * @param lastDelete fingerprint of the key that the last record deleted, or null
   */
  PartitionState state(Fingerprint lastDelete) {
    List<SourceState> states = new ArrayList<>(streams.size());
    if (latest != null) {
      states.add(latest.state());
    }
    for (TrackedStream each : streams.values()) {
      if (each != latest) {
        states.add(each.state());
      }
    }
    if (states.isEmpty()) {
      states.addAll(takenOver.streams());
    }
    return new PartitionState(nextOffset, states, lastDelete, takenOver.rejectedKeys());
  }

  /** The state that this began with. */
  PartitionState takenOver() {
    return takenOver;
  }

  long nextOffset() {
    return nextOffset;
  }

  /** The stream that the last record belongs to; null before the first. */
  TrackedStream latest() {
    return latest;
  }

  /** Latest commit time of the stream read last, microseconds since the epoch; 0 before any. */
  long latestCommitMicros() {
    return latest == null ? 0 : latest.order().latestCommitMicros();
  }

  /** Whether the partition has never had a record. */
  boolean isUnread() {
    return nextOffset == 0;
  }

  /** When the last record came, or this began; as {@link System#nanoTime} has it. */
  long lastRecordAt() {
    return lastRecordAt;
  }

  /** Whether an event has shown that nothing more comes of the snapshot at {@code below}. */
  boolean isPast(Position below) {
    TrackedStream stream = streamOf(below);
    return stream != null && stream.order().isPast(below);
  }

  /** Takes the snapshot at {@code below} as completed: nothing more of it will come. */
  void completeSnapshot(Position below) {
    TrackedStream stream = streamOf(below);
    if (stream == null) {
      SourceId source = sourceOf(below);
      StreamState fresh = StreamState.fresh(below.epoch());
      stream = resume(source, new SourceState(source, fresh, PartitionState.ReplayState.NONE));
    }
    stream.order().completeSnapshot(below);
  }

  private TrackedStream streamOf(Position below) {
    return streams.get(sourceOf(below));
  }

  private SourceId sourceOf(Position below) {
    return book.known().sourceOf(below.epoch());
  }

  /**
   * LSN of the snapshot of the last admitted event's table, if that event showed that it is
   * complete; empty for most.
   */
  OptionalLong justCompleted() {
    return justCompleted;
  }

  /** Whether a table has applied the record at {@code offset} already. */
  boolean isAhead(TableId table, long offset) {
    return offset < tablesAhead.getOrDefault(table, 0L);
  }

  /** Passes a record that concerns no table; false where it was passed before. */
  boolean pass(long offset) {
    lastRecordAt = System.nanoTime();
    if (offset < nextOffset) {
      return false;
    }
    nextOffset = offset + 1;
    return true;
  }

  /**
   * Whether the record at {@code offset} shows that the topic was deleted and created anew: it
   * comes at an offset already read, and cannot be what was read there.
   */
  boolean beginsAnew(long offset, SourcePosition event) {
    return offset < nextOffset
        && event.lsn() != SourcePosition.NONE
        && stream(event).order().isNew(event);
  }

  /** Decides about the record at {@code offset}, and counts it as seen. */
  FilterDecision admit(long offset, SourcePosition event) {
    lastRecordAt = System.nanoTime();
    justCompleted = OptionalLong.empty();
    TrackedStream stream = stream(event);
    if (event.lsn() == SourcePosition.NONE) {
      latest = stream;
      return pass(offset)
          ? new FilterDecision(Verdict.NEW, stream.following())
          : FilterDecision.REDELIVERED;
    }
    if (beginsAnew(offset, event)) {
      restart(offset, stream.order().highWater());
    } else if (offset < nextOffset) {
      return FilterDecision.REDELIVERED;
    }
    nextOffset = offset + 1;
    latest = stream;
    Placement placement = stream.order().place(event);
    justCompleted = stream.order().justCompleted();
    if (placement instanceof Placement.StartedOver startedOver) {
      noteHistory(offset, stream.source(), startedOver);
    }
    stream.passed(placement.position());
    return decision(event, placement.position(), stream);
  }

  /** The last record was replayed. */
  void passedReplay() {
    if (latest != null) {
      latest.passedReplay();
    }
  }

  /** What was decided about an event that was read before; it has an LSN. */
  FilterDecision seenBefore(SourcePosition event) {
    TrackedStream stream = stream(event);
    return decision(event, stream.order().position(event), stream);
  }

  private static FilterDecision decision(
      SourcePosition event, Position position, TrackedStream stream) {
    Position highWater = stream.order().highWater();
    boolean older = position.epoch() < highWater.epoch();
    boolean repeated = position.isBelow(highWater) && event.hasCommitTime() && !event.isInitial();
    return new FilterDecision(older || repeated ? Verdict.REPEATED : Verdict.NEW, position);
  }

  /** A truncate has been read in another partition of the topic. */
  void compareWithTruncate(SourcePosition truncate) {
    TrackedStream known = streams.get(truncate.source());
    if (known == null) {
      return;
    }
    Histories before = book.known();
    known.order().compareWithTruncate(truncate);
    if (book.known() != before) {
      LOG.warn(
          "{}: a truncate in another partition of the topic is below {}, but was committed later: the"
              + " LSNs of source {} have started over (another cluster, a restore or a failover).",
          partition,
          known.order().highWater(),
          known.source());
      metrics.epochBegan();
    }
  }

  /** The stream that an event belongs to, begun where it is the first. */
  TrackedStream stream(SourcePosition event) {
    SourceId source = event.source();
    if (latest != null && (latest.source() == source || isUnnamed(event))) {
      return latest;
    }
    TrackedStream known = streams.get(source);
    if (known != null) {
      return known;
    }
    // Version 0.1 did not name the source: it is the first one that comes with a name.
    SourceState unnamed = takenOver.of(SourceId.UNKNOWN).orElse(null);
    if (unnamed != null && Set.of(SourceId.UNKNOWN).containsAll(streams.keySet())) {
      streams.clear();
      book.claims(source);
      return resume(source, unnamed);
    }
    TrackedStream begun =
        new TrackedStream(
            SourceStream.beginning(source, book, event),
            new ReplayDetector(PartitionState.ReplayState.NONE, null));
    streams.put(source, begun);
    return begun;
  }

  /** A tombstone says nothing of its source: it belongs to the event before it. */
  private static boolean isUnnamed(SourcePosition event) {
    return event.source().equals(SourceId.UNKNOWN);
  }

  private TrackedStream resume(SourceId source, SourceState state) {
    SourceStream order = SourceStream.resuming(source, book, state.stream());
    TrackedStream resumed =
        new TrackedStream(order, new ReplayDetector(state.replay(), order.highWater()));
    streams.put(source, resumed);
    return resumed;
  }

  private void noteHistory(long offset, SourceId source, Placement.StartedOver startedOver) {
    LOG.warn(
        "{}, offset {}: the change is below {}, but was committed later than anything seen of source"
            + " {}: its LSNs have started over (another cluster, a restore or a failover). It is"
            + " placed at {} in the history with epoch {}. Rows that only the old history had stay"
            + " until they are deleted or swept.",
        partition,
        offset,
        startedOver.formerHighWater(),
        source,
        startedOver.position(),
        startedOver.position().epoch());
    metrics.epochBegan();
  }

  private void restart(long offset, Position highWater) {
    LOG.warn(
        "{}, offset {} is below the committed offset {}, but its change is new (high-water mark {}):"
            + " the topic was deleted and created anew. Reading goes on from here.",
        partition,
        offset,
        nextOffset,
        highWater);
    metrics.topicRestarted();
    tablesAhead.clear();
    nextOffset = offset;
  }
}
