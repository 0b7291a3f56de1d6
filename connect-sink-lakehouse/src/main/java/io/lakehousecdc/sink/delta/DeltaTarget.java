// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.domain.CommittedOffsets;
import io.lakehousecdc.sink.delta.domain.PartitionDomains.Entry;
import io.lakehousecdc.sink.delta.snapshot.TablePaths;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitId;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PendingSweep;
import io.lakehousecdc.sink.spi.Target;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * The target that keeps Delta tables. A commit goes table by table; each takes the states of the
 * partitions that its rows came from along. Where a partition feeds one table, that is all. Where
 * it feeds several, its state is written to the table of offsets when all of them have committed: a
 * crash in between leaves some tables ahead, which {@link #load} reports.
 */
final class DeltaTarget implements Target {
  private final OpenTables tables;
  private final OffsetsTable offsets;
  private final PendingSweeps sweeps;
  private final EarlyTruncates earlyTruncates;
  private final StoredHistories histories;
  private final String connector;
  private final String writer = UUID.randomUUID().toString();
  private final OwnedPartitions owned;
  private Set<TableId> registered = Set.of();
  private CommitId lastCommit;
  private CommitReceipt lastReceipt;

  DeltaTarget(OpenTables tables, String connector) {
    this.tables = tables;
    this.connector = connector;
    this.owned = new OwnedPartitions(connector, writer);
    this.offsets = new OffsetsTable(tables.offsets(), connector);
    this.sweeps = new PendingSweeps(offsets, connector);
    this.earlyTruncates = new EarlyTruncates(tables, offsets);
    this.histories = new StoredHistories(offsets, connector);
  }

  @Override
  public Map<SourcePartition, LoadedPartition> load(Set<SourcePartition> partitions) {
    CommittedState committed = committedState();
    Map<SourcePartition, LoadedPartition> loaded = new HashMap<>();
    for (SourcePartition partition : partitions) {
      CommittedOffsets held = committed.of(partition);
      owned.put(partition, held);
      if (held.known()) {
        loaded.put(partition, held.loaded());
      }
    }
    lastCommit = null;
    return loaded;
  }

  @Override
  public Histories histories() {
    return committedState().histories();
  }

  @Override
  public CommitReceipt commit(Commit commit) {
    if (commit.id().equals(lastCommit)) {
      return lastReceipt;
    }
    commit.batches().forEach(DeltaTarget::requireName);
    commit.advances().forEach(this::requireBase);
    histories.remember(commit.histories());
    register(commit);
    CommitReceipt receipt = CommitReceipt.NOTHING;
    List<TableBatch> batches = earlyTruncates.applicable(commit.batches(), commit.histories());
    sweeps.remember(batches, commit.histories());
    Set<PendingSweep> carriedOut = new HashSet<>();
    boolean complete = batches.size() == commit.batches().size() && owned.feedOneTable(commit);
    for (TableBatch batch : batches) {
      Map<SourcePartition, Entry> next = owned.tableEntries(commit, batch.table(), complete);
      receipt = receipt.plus(commit(commit, batch, next, carriedOut));
    }
    if (!commit.deadLetters().isEmpty()) {
      tables.deadLetters().write(commit.deadLetters());
    }
    if (!complete) {
      commitOffsets(commit);
    }
    sweeps.forget(carriedOut, commit.histories());
    earlyTruncates.applied(batches);
    owned.advanced(commit);
    lastCommit = commit.id();
    lastReceipt = receipt;
    return receipt;
  }

  @Override
  public Set<PendingSweep> pendingSweeps(Set<String> topics) {
    return sweeps.of(topics);
  }

  @Override
  public void rehearse(Commit commit) {
    commit.batches().forEach(DeltaTarget::requireName);
    commit.batches().stream()
        .filter(this::hasTable)
        .forEach(batch -> tables.open(batch.table()).rehearse(batch, commit.histories()));
  }

  /** Nothing can be removed from a table that is not there, and none is made without columns. */
  private boolean hasTable(TableBatch batch) {
    return batch.schema().size() > 0 || tables.open(batch.table()).exists();
  }

  @Override
  public void alterOffsets(Map<SourcePartition, Long> altered) {
    CommittedState committed = committedState();
    AlteredOffsets states = new AlteredOffsets(connector, writer, committed, altered);
    for (TableId id : committed.tables()) {
      tables.open(id).setDomains(null, states::inTable);
    }
    offsets.set(held -> states.inOffsets());
    owned.remove(altered.keySet());
    lastCommit = null;
  }

  @Override
  public Map<String, LongSupplier> gauges() {
    return tables.gauges();
  }

  @Override
  public void close() {
    tables.close();
  }

  private CommittedState committedState() {
    CommittedState committed = CommittedState.read(connector, offsets, tables);
    registered = Set.copyOf(committed.tables());
    return committed;
  }

  /** Before anything is remembered of the table. Its records are refused, and no others. */
  private static void requireName(TableBatch batch) {
    TablePaths.refusal(batch.table())
        .ifPresent(
            reason -> {
              throw batch.changes().isEmpty()
                  ? new FatalException(reason)
                  : new RecordException(reason, batch.table(), batch.changes().get(0).key(), null);
            });
  }

  private void requireBase(PartitionAdvance advance) {
    SourcePartition partition = advance.partition();
    if (!owned.contains(partition)) {
      owned.put(partition, committedState().of(partition));
    }
    owned.requireBase(advance);
  }

  private void register(Commit commit) {
    Set<TableId> added = new HashSet<>();
    commit.batches().forEach(batch -> added.add(batch.table()));
    if (!registered.containsAll(added)) {
      offsets.register(added);
      added.addAll(registered);
      registered = added;
    }
  }

  private CommitReceipt commit(
      Commit commit,
      TableBatch batch,
      Map<SourcePartition, Entry> next,
      Set<PendingSweep> carriedOut) {
    CommitReceipt receipt =
        tables
            .open(batch.table())
            .commit(
                batch, commit.histories(), held -> extras(commit, batch, next, held, carriedOut));
    owned.committed(batch.table(), next);
    return receipt;
  }

  private Optional<CommitExtras> extras(
      Commit commit,
      TableBatch batch,
      Map<SourcePartition, Entry> next,
      Map<String, String> held,
      Set<PendingSweep> carriedOut) {
    if (owned.areCommitted(next, held)) {
      return Optional.empty();
    }
    Map<String, Optional<String>> domains = owned.tableDomains(commit, batch.table(), next, held);
    histories.put(domains, commit.histories(), batch.table(), held);
    Optional<Sweep> due =
        batch.sweep().filter(sweep -> sweeps.isDue(commit, batch.table(), sweep, held));
    // The last attempt decides: what was due in one that another writer foiled may wait again.
    batch
        .sweep()
        .map(sweep -> PendingSweeps.pending(batch.table(), sweep))
        .ifPresent(carriedOut::remove);
    due.map(sweep -> PendingSweeps.pending(batch.table(), sweep)).ifPresent(carriedOut::add);
    return Optional.of(new CommitExtras(domains, due));
  }

  private void commitOffsets(Commit commit) {
    Map<SourcePartition, Entry> next = owned.offsetsEntries(commit);
    offsets.set(held -> CommitExtras.unlessEmpty(owned.offsetsDomains(next, held)));
    owned.committed(next);
  }
}
