// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.metrics.SinkMetrics;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState.Fingerprint;
import io.lakehousecdc.sink.spi.PartitionState.RejectedKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of rejected records, and whether their rows have been deleted since: a rejected record
 * that is replayed must not bring a row back. A key is kept, with the partition's state, until its
 * record comes again. Thread-safe: the task thread takes partitions over while the writer thread,
 * which does the rest, is idle.
 */
final class RejectedKeys {
  private static final Logger LOG = LoggerFactory.getLogger(RejectedKeys.class);

  /** Beyond so many in a partition the oldest are forgotten. */
  private static final int MAX_KEYS = 1_000;

  private final SinkMetrics metrics;
  private final Fingerprints fingerprints = new Fingerprints();
  private final Map<SourcePartition, Map<Fingerprint, RejectedKey>> keys = new HashMap<>();

  RejectedKeys(SinkMetrics metrics) {
    this.metrics = metrics;
  }

  /** Takes a partition over. */
  synchronized void restore(SourcePartition partition, List<RejectedKey> stored) {
    Map<Fingerprint, RejectedKey> known = new LinkedHashMap<>();
    stored.forEach(each -> known.put(each.key(), each));
    keys.put(partition, known);
  }

  /** Notes records that the target refused. */
  synchronized void reject(Collection<Entry> entries) {
    for (Entry entry : entries) {
      if (entry.event() instanceof RowEvent row && row.key().size() > 0) {
        note(entry, fingerprints.of(row.table(), row.key()));
      }
    }
  }

  private void note(Entry entry, Fingerprint key) {
    SourcePartition partition = entry.at().partition();
    Map<Fingerprint, RejectedKey> known =
        keys.computeIfAbsent(partition, each -> new LinkedHashMap<>());
    RejectedKey before = known.remove(key);
    known.put(
        key,
        before == null
            ? new RejectedKey(key, entry.position(), null)
            : new RejectedKey(
                key, Position.max(before.rejected(), entry.position()), before.deleted()));
    if (known.size() > MAX_KEYS) {
      known.remove(known.keySet().iterator().next());
      LOG.warn(
          "{}: more than {} rejected records wait to be replayed. Of the oldest it is no longer"
              + " known whether their rows have been deleted: do not replay them.",
          partition,
          MAX_KEYS);
    }
  }

  /**
   * The batch as it is to be committed: without replayed changes of rows that have been deleted
   * since they were rejected, and with what is known then in the states of its partitions.
   */
  synchronized SealedBatch applied(SealedBatch batch) {
    if (keys.values().stream().allMatch(Map::isEmpty)) {
      return batch;
    }
    Set<Entry> superseded = new HashSet<>();
    for (Entry entry : batch.content().entries()) {
      Map<Fingerprint, RejectedKey> known = keys.getOrDefault(entry.at().partition(), Map.of());
      if (!known.isEmpty() && isSuperseded(entry, known)) {
        superseded.add(entry);
        metrics.skipped(SkipReason.SUPERSEDED, 1);
        LOG.warn(
            "{}: the change of table {} at {} was rejected before, and its row has been deleted"
                + " since: it is not applied again.",
            entry.at(),
            entry.event().table(),
            entry.position());
      }
    }
    SealedBatch kept =
        superseded.isEmpty() ? batch : batch.without(superseded, List.of(), List.of());
    return kept.withSteps(kept.steps().stream().map(this::withKeys).toList());
  }

  private boolean isSuperseded(Entry entry, Map<Fingerprint, RejectedKey> known) {
    if (entry.event() instanceof TombstoneEvent tombstone) {
      delete(tombstone.table(), tombstone.key(), entry.position(), known);
      return false;
    }
    if (!(entry.event() instanceof RowEvent row)) {
      return false;
    }
    if (row.formerKey() != null) {
      delete(row.table(), row.formerKey(), entry.position(), known);
    }
    if (row.operation() == Operation.DELETE) {
      delete(row.table(), row.key(), entry.position(), known);
      return false;
    }
    if (entry.delivery() == Delivery.IN_ORDER) {
      return false;
    }
    Fingerprint key = fingerprints.of(row.table(), row.key());
    RejectedKey rejected = known.get(key);
    if (rejected == null) {
      return false;
    }
    boolean isDeletedSince =
        rejected.deleted() != null && entry.position().isBelow(rejected.deleted());
    if (!entry.position().isBelow(rejected.rejected())) {
      known.remove(key);
    }
    return isDeletedSince;
  }

  private void delete(
      TableId table, RowKey rowKey, Position at, Map<Fingerprint, RejectedKey> known) {
    Fingerprint key = fingerprints.of(table, rowKey);
    RejectedKey rejected = known.get(key);
    if (rejected != null) {
      Position deleted = rejected.deleted() == null ? at : Position.max(rejected.deleted(), at);
      known.put(key, new RejectedKey(key, rejected.rejected(), deleted));
    }
  }

  private PartitionStep withKeys(PartitionStep step) {
    Map<Fingerprint, RejectedKey> known = keys.getOrDefault(step.partition(), Map.of());
    PartitionAdvance advance = step.advance();
    return new PartitionStep(
        new PartitionAdvance(
            advance.partition(),
            advance.previous(),
            advance.next().withRejectedKeys(new ArrayList<>(known.values()))),
        step.offset(),
        step.reached());
  }
}
