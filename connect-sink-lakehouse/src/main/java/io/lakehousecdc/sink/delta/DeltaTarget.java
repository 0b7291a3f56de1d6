// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.domain.CommittedOffsets;
import io.lakehousecdc.sink.delta.domain.HistoriesDomain;
import io.lakehousecdc.sink.delta.domain.PartitionDomains.Entry;
import io.lakehousecdc.sink.delta.snapshot.TablePaths;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.BacklogBatches;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitId;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PendingSweep;
import io.lakehousecdc.sink.spi.SourceProgress;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetContext.Transactions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The target that keeps Delta tables. Each table of a commit has a commit of its own, several at a
 * time, which takes the states of the partitions along that its rows came from. Where a partition
 * feeds one table, that is all. Where it feeds several, its state is written to the table of
 * offsets when all of them have committed: a crash in between leaves some tables ahead, in any
 * order, which {@link #load} reports. Where commits hold whole transactions, the state of every
 * partition is written there, so that all of them come from the same commit, and so is the progress
 * of sources; the table that shows it to readers is written last.
 */
final class DeltaTarget implements Target {
  private final OpenTables tables;
  private final BacklogBatches backlogBatches;
  private final TableThreads threads;
  private final OffsetsTable offsets;
  private final PendingSweeps sweeps;
  private final EarlyTruncates earlyTruncates;
  private final StoredHistories histories;
  private final StoredProgress progress;
  private final String connector;
  private final String writer = UUID.randomUUID().toString();
  private final Transactions transactions;
  private final OwnedPartitions owned;
  private final StoreGauges store;
  private TableRegistry registered = TableRegistry.EMPTY;
  private CommitId lastCommit;
  private CommitReceipt lastReceipt;

  /**
   * @param backlogBatches what batches it wants while the task is behind
   * @param threads commit tables, several at a time; closed with this
   * @param figures of the store
   */
  DeltaTarget(
      OpenTables tables,
      BacklogBatches backlogBatches,
      TargetContext context,
      TableThreads threads,
      StoreFigures figures) {
    this.backlogBatches = backlogBatches;
    this.store = new StoreGauges(figures);
    this.tables = tables;
    this.threads = threads;
    this.connector = context.connector();
    this.transactions = context.transactions();
    this.owned = new OwnedPartitions(connector, writer, transactions);
    this.offsets = new OffsetsTable(tables.offsets(), connector);
    this.sweeps = new PendingSweeps(offsets, connector);
    this.earlyTruncates = new EarlyTruncates(tables, offsets, threads);
    this.histories = new StoredHistories(offsets, connector);
    this.progress = new StoredProgress(offsets, tables, connector);
  }

  @Override
  public Map<SourcePartition, LoadedPartition> load(Set<SourcePartition> partitions) {
    CommittedState committed = committedState(topics(partitions));
    Map<SourcePartition, LoadedPartition> loaded = new HashMap<>();
    for (SourcePartition partition : partitions) {
      CommittedOffsets held = committed.of(partition);
      owned.put(partition, held);
      if (held.known()) {
        loaded.put(partition, held.loaded());
      }
    }
    lastCommit = null;
    // A task that has given up all partitions is about to end: the store may be down.
    if (transactions == Transactions.WHOLE && !partitions.isEmpty()) {
      progress.showStored();
    }
    return loaded;
  }

  @Override
  public List<SourceProgress> progress() {
    return progress.read();
  }

  /**
   * Looks at the tables that own partitions feed, in case they know more than the table of offsets;
   * at all tables where that one knows none.
   */
  @Override
  public Histories histories() {
    Map<String, String> domains = offsets.domains();
    TableRegistry all = offsets.tables(domains);
    boolean known = HistoriesDomain.histories(connector, domains).isPresent();
    Set<TableId> wanted = known ? all.fedBy(owned.topics()) : all.tables();
    return CommittedState.read(connector, domains, wanted, tables, threads).histories();
  }

  @Override
  public CommitReceipt commit(Commit commit) {
    if (commit.id().equals(lastCommit)) {
      return lastReceipt;
    }
    long requestsBefore = store.requests();
    commit.batches().forEach(DeltaTarget::requireName);
    commit.advances().forEach(this::requireBase);
    histories.remember(commit.histories());
    CommitShares shares = new CommitShares(connector, commit);
    register(shares);
    List<TableBatch> batches = earlyTruncates.applicable(commit.batches(), commit.histories());
    sweeps.remember(batches, commit.histories());
    List<TablePart> parts = parts(commit, shares, batches);
    Set<SourcePartition> whole = new HashSet<>();
    parts.forEach(part -> whole.addAll(part.whole()));
    setOffsets(owned.offsetsBefore(commit, shares, whole), List.of());
    threads.each(
        parts,
        part -> part.committedTo(tables.open(part.table())),
        part -> owned.committed(part.table(), part.entries()));
    if (!commit.deadLetters().isEmpty()) {
      tables.deadLetters().write(commit.deadLetters());
    }
    setOffsets(owned.offsetsEntries(commit, whole), commit.progress());
    progress.show(commit.progress());
    CommitReceipt receipt = CommitReceipt.NOTHING;
    Set<PendingSweep> carriedOut = new HashSet<>();
    for (TablePart part : parts) {
      receipt = receipt.plus(part.receipt());
      part.carriedOut().ifPresent(carriedOut::add);
    }
    sweeps.forget(carriedOut, commit.histories());
    earlyTruncates.applied(batches);
    owned.advanced(commit);
    store.committed(requestsBefore);
    lastCommit = commit.id();
    lastReceipt = receipt;
    return receipt;
  }

  private List<TablePart> parts(Commit commit, CommitShares shares, List<TableBatch> batches) {
    Set<TableId> applicable = new HashSet<>();
    batches.forEach(batch -> applicable.add(batch.table()));
    Map<TableId, Set<SourcePartition>> held = owned.held(commit);
    List<TablePart> parts = new ArrayList<>();
    for (TableBatch batch : batches) {
      Map<SourcePartition, Entry> next =
          owned.tableEntries(commit, shares, batch.table(), applicable);
      Set<SourcePartition> known = held.getOrDefault(batch.table(), Set.of());
      parts.add(new TablePart(commit, batch, shares, next, known, owned, histories, sweeps));
    }
    return parts;
  }

  /** Beside commits, in a table of its own: they take no request more. */
  @Override
  public void report(List<TableStatus> status) {
    if (!status.isEmpty()) {
      tables.status().add(connector, status);
    }
  }

  @Override
  public Set<PendingSweep> pendingSweeps(Set<String> topics) {
    return sweeps.of(topics);
  }

  @Override
  public void rehearse(Commit commit) {
    commit.batches().forEach(DeltaTarget::requireName);
    threads.each(
        commit.batches(),
        batch -> {
          if (hasTable(batch)) {
            tables.open(batch.table()).rehearse(batch, commit.histories());
          }
          return batch;
        },
        done -> {});
  }

  /** Nothing can be removed from a table that is not there, and none is made without rows. */
  private boolean hasTable(TableBatch batch) {
    return batch.schema().size() > 0
        || !batch.changes().isEmpty()
        || tables.open(batch.table()).exists();
  }

  @Override
  public void alterOffsets(Map<SourcePartition, Long> altered) {
    CommittedState committed = committedState(topics(altered.keySet()));
    AlteredOffsets states = new AlteredOffsets(connector, writer, committed, altered);
    threads.each(
        committed.tables(),
        id -> {
          tables.open(id).setDomains(null, states::inTable);
          return id;
        },
        done -> {});
    offsets.set(held -> states.inOffsets());
    owned.remove(altered.keySet());
    lastCommit = null;
  }

  @Override
  public Map<String, LongSupplier> gauges() {
    Map<String, LongSupplier> gauges = tables.gauges();
    store.addTo(gauges);
    return gauges;
  }

  @Override
  public BacklogBatches backlogBatches() {
    return backlogBatches;
  }

  @Override
  public void close() {
    tables.close();
    threads.close();
  }

  /** What is committed of the partitions of these topics. */
  private CommittedState committedState(Set<String> topics) {
    Map<String, String> domains = offsets.domains();
    registered = offsets.tables(domains);
    return CommittedState.read(connector, domains, registered.fedBy(topics), tables, threads);
  }

  private static Set<String> topics(Set<SourcePartition> partitions) {
    return partitions.stream().map(SourcePartition::topic).collect(Collectors.toSet());
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
      owned.put(partition, committedState(Set.of(partition.topic())).of(partition));
    }
    owned.requireBase(advance);
  }

  private void register(CommitShares shares) {
    Map<TableId, Set<String>> feeding = shares.topics();
    if (!registered.contains(feeding)) {
      registered = offsets.register(feeding);
    }
  }

  private void setOffsets(Map<SourcePartition, Entry> next, List<SourceProgress> reached) {
    if (!next.isEmpty() || !reached.isEmpty()) {
      offsets.set(
          held -> {
            Map<String, Optional<String>> domains = owned.offsetsDomains(next, held);
            progress.put(domains, reached, held);
            return CommitExtras.unlessEmpty(domains);
          });
      owned.committed(next);
    }
  }
}
