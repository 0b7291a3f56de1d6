// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.HistoryBook;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourceStream;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.Target;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The partitions that a task holds, each with its tracker. Used by the task thread only. */
final class AssignedPartitions {
  private static final LoadedPartition UNKNOWN =
      new LoadedPartition(PartitionState.FRESH, Map.of());

  private final Target target;
  private final PipelineOptions options;
  private final SinkMetrics metrics;
  private final HistoryBook book;
  private final RejectedKeys rejectedKeys;
  private final Map<SourcePartition, PartitionTracker> trackers = new HashMap<>();

  AssignedPartitions(
      Target target,
      PipelineOptions options,
      HistoryBook book,
      RejectedKeys rejectedKeys,
      SinkMetrics metrics) {
    this.target = target;
    this.options = options;
    this.metrics = metrics;
    this.book = book;
    this.rejectedKeys = rejectedKeys;
  }

  /**
   * @throws IllegalStateException the partition is not assigned
   */
  PartitionTracker tracker(SourcePartition partition) {
    PartitionTracker tracker = trackers.get(partition);
    if (tracker == null) {
      throw new IllegalStateException("A record of " + partition + ", which is not assigned");
    }
    return tracker;
  }

  /** The tracker of a partition; empty where it is not assigned. */
  Optional<PartitionTracker> find(SourcePartition partition) {
    return Optional.ofNullable(trackers.get(partition));
  }

  /** Trackers of all partitions, as they are at any time. */
  Collection<PartitionTracker> trackers() {
    return Collections.unmodifiableCollection(trackers.values());
  }

  boolean isEmpty() {
    return trackers.isEmpty();
  }

  /** Topics of the partitions. */
  Set<String> topics() {
    return trackers.keySet().stream().map(SourcePartition::topic).collect(Collectors.toSet());
  }

  /** A truncate is about to be taken in from a partition: see {@link SourceStream}. */
  void compareWithTruncate(PartitionTracker from, SourcePosition truncate) {
    for (PartitionTracker each : trackers.values()) {
      if (each != from && each.partition().topic().equals(from.partition().topic())) {
        each.progress().compareWithTruncate(truncate);
      }
    }
  }

  /** Forgets partitions. */
  void drop(Set<SourcePartition> partitions) {
    trackers.keySet().removeAll(partitions);
  }

  /**
   * Takes partitions over with the state that the target holds. Where it cannot be read, they are
   * not assigned: nothing may be taken in on an old state.
   *
   * @throws io.lakehousecdc.sink.error.TargetException it cannot be read
   */
  void load(Set<SourcePartition> partitions) {
    drop(partitions);
    Map<SourcePartition, LoadedPartition> loaded =
        Backoff.retry(options.waiting().retry(), metrics, () -> target.load(partitions));
    Histories stored = Backoff.retry(options.waiting().retry(), metrics, target::histories);
    if (!book.known().include(stored)) {
      book.learn(stored);
    }
    for (SourcePartition partition : partitions) {
      LoadedPartition known = loaded.getOrDefault(partition, UNKNOWN);
      rejectedKeys.restore(partition, known.state().rejectedKeys());
      trackers.put(partition, new PartitionTracker(partition, known, book, recall(), metrics));
    }
  }

  private PartitionTracker.Recall recall() {
    return options.tables().writeMode() == WriteMode.APPEND
        ? PartitionTracker.Recall.GROUPS
        : PartitionTracker.Recall.NOTHING;
  }

  /**
   * Takes all partitions over anew, after their buffered records were lost.
   *
   * @return where to read on from; without partitions of which no record had come
   */
  Map<SourcePartition, Long> reload() {
    Map<SourcePartition, PartitionTracker> lost = Map.copyOf(trackers);
    // Histories that only lost records have shown are found again.
    book.learn(Histories.NONE);
    load(lost.keySet());
    Map<SourcePartition, Long> offsets = new HashMap<>();
    lost.forEach(
        (partition, old) ->
            tracker(partition)
                .resumeInPlaceOf(old)
                .ifPresent(offset -> offsets.put(partition, offset)));
    return offsets;
  }
}
