// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Up to where each partition is committed in the target, so that Kafka may know it and reading may
 * begin there. Used by the task thread, which alone takes partitions over and gives them up, and
 * told of commits by the writer thread.
 */
final class SafeOffsets {
  private final Map<SourcePartition, Long> safe = new ConcurrentHashMap<>();
  private final Map<SourcePartition, Long> begunAnew = new ConcurrentHashMap<>();

  /** A record has come; a partition that nothing is known of is safe up to its first one. */
  void received(SourcePartition partition, long offset) {
    safe.putIfAbsent(partition, offset);
  }

  /** The target holds a state of the partition. */
  void stored(SourcePartition partition, long nextOffset) {
    safe.put(partition, nextOffset);
  }

  /**
   * The topic was deleted and created anew: what the target holds says nothing of it until its
   * first commit. Everything before is committed.
   */
  void beganAnew(SourcePartition partition, long offset) {
    safe.put(partition, offset);
    begunAnew.put(partition, offset);
  }

  void committed(Collection<PartitionAdvance> advances) {
    for (PartitionAdvance step : advances) {
      safe.put(step.partition(), step.next().nextOffset());
      begunAnew.remove(step.partition());
    }
  }

  void forget(SourcePartition partition) {
    safe.remove(partition);
    begunAnew.remove(partition);
  }

  /**
   * The offset that may be reported.
   *
   * @param current offset after the last record that was delivered
   * @param taken offset after the last record that was taken in
   */
  long reportable(SourcePartition partition, long current, long taken) {
    Long committed = safe.get(partition);
    boolean nothingPending =
        committed == null || committed >= taken && !begunAnew.containsKey(partition);
    return nothingPending ? current : Math.min(current, committed);
  }

  /** All of them. */
  Map<SourcePartition, Long> all() {
    return Map.copyOf(safe);
  }

  /** Those of partitions that began anew and of which nothing has been committed since. */
  Map<SourcePartition, Long> begunAnew() {
    return Map.copyOf(begunAnew);
  }
}
