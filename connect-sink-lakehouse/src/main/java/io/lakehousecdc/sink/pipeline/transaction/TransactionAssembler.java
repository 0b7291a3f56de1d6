// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline.transaction;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TransactionInfo;
import io.lakehousecdc.sink.change.TransactionInfo.Part;
import io.lakehousecdc.sink.spi.SourceProgress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The place where the records of a transaction, which come from several partitions, wait for each
 * other. A transaction is handed over when its end has come, and as many changes as the end tells
 * of each table that is read; transactions of a source follow each other in the order of their
 * ends. The records of a partition keep their order: what belongs to no transaction, such as a row
 * of a snapshot, waits for nothing but what is before it.
 *
 * <p>Transactions that the source has sent again, after a restart, are handed over together, up to
 * the last of them.
 *
 * <p>Where the counts cannot be reached, a transaction is complete when all partitions of the
 * tables in question have brought a later one; or else when nothing of what is waited for has come
 * for a time, with a warning.
 *
 * <p>For use by one thread.
 */
public final class TransactionAssembler<R> {
  private final AssemblyOptions options;
  private final Outlet<R> outlet;
  private final Map<String, SourceTransactions<R>> sources = new HashMap<>();
  private final Map<SourcePartition, SourceTransactions<R>> owners = new HashMap<>();
  private final Map<String, SourceProgress> progress = new HashMap<>();
  private final Set<SourcePartition> shared = new HashSet<>();
  private Set<SourcePartition> assigned = Set.of();

  public TransactionAssembler(AssemblyOptions options, Outlet<R> outlet) {
    this.options = options;
    this.outlet = outlet;
  }

  /**
   * Forgets all that waits.
   *
   * @return offsets of the first records that waited, by partition: to be read again
   */
  public Map<SourcePartition, Long> forget() {
    Map<SourcePartition, Long> offsets = new HashMap<>();
    owners.forEach(
        (partition, source) ->
            source.firstOffset(partition).ifPresent(offset -> offsets.put(partition, offset)));
    sources.clear();
    owners.clear();
    return offsets;
  }

  /**
   * Begins anew, after {@link #forget}.
   *
   * @param partitions those that records will come from
   * @param reached transactions up to which everything was handed over, and is committed
   */
  public void begin(Set<SourcePartition> partitions, Collection<SourceProgress> reached) {
    progress.clear();
    reached.forEach(each -> progress.put(each.source(), each));
    assigned = Set.copyOf(partitions);
  }

  /** Takes a record in; {@link #advance} hands over what becomes complete by it. */
  public void accept(Arrival<R> arrival, Optional<TransactionInfo> info) {
    SourcePartition partition = arrival.at().partition();
    SourceTransactions<R> owner = owners.get(partition);
    if (info.isEmpty()) {
      if (owner == null) {
        outlet.pass(arrival.record());
      } else {
        owner.free(arrival);
      }
      return;
    }
    if (owner == null) {
      owner = source(info.get().source());
      owners.put(partition, owner);
    }
    if (!owner.name().equals(info.get().source())) {
      noteShared(partition, owner.name(), info.get().source());
      owner.free(arrival);
    } else if (info.get() instanceof Part part) {
      owner.change(arrival, part);
    } else {
      owner.boundary(arrival, info.get());
    }
  }

  private SourceTransactions<R> source(String name) {
    return sources.computeIfAbsent(
        name,
        key -> {
          SourceTransactions<R> made =
              new SourceTransactions<>(key, options, outlet, progress.get(key));
          made.assigned(assigned);
          return made;
        });
  }

  private void noteShared(SourcePartition partition, String owner, String other) {
    if (shared.add(partition)) {
      outlet.warn(
          partition
              + " has changes of sources "
              + owner
              + " and "
              + other
              + ": transactions of the latter become visible in parts. Give each source topics of its"
              + " own.");
    }
  }

  /**
   * Hands over what is complete; to be called after every poll, and from time to time.
   *
   * @param now as {@link System#nanoTime}
   */
  public void advance(long now) {
    for (SourceTransactions<R> each : sources.values()) {
      each.advance(now);
      if (isFull()) {
        each.relieve();
      }
    }
  }

  /** Partitions that need not be read until others have caught up; none while there is room. */
  public Set<SourcePartition> paused() {
    if (!isFull()) {
      return Set.of();
    }
    Set<SourcePartition> paused = new HashSet<>();
    sources.values().forEach(each -> paused.addAll(each.ahead()));
    return paused;
  }

  private boolean isFull() {
    return bytes() > options.maxBytes();
  }

  /** Estimated size of what waits. */
  public long bytes() {
    return sources.values().stream().mapToLong(SourceTransactions::bytes).sum();
  }

  /** Offset of the first record of a partition that waits; empty where none does. */
  public OptionalLong firstOffset(SourcePartition partition) {
    SourceTransactions<R> owner = owners.get(partition);
    return owner == null ? OptionalLong.empty() : owner.firstOffset(partition);
  }
}
