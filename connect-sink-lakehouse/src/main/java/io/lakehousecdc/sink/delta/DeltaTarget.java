// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.domain.CommittedOffsets;
import io.lakehousecdc.sink.delta.domain.PartitionDomains;
import io.lakehousecdc.sink.delta.domain.PartitionDomains.Entry;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PendingSweep;
import io.lakehousecdc.sink.spi.Target;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * Keeps Delta tables. A commit goes table by table; each takes the states of the partitions that
 * its rows came from along. Where a partition feeds one table, that is all. Where it feeds several,
 * its state is written to the table of offsets when all of them have committed: a crash in between
 * leaves some tables ahead, which {@link #load} reports.
 */
final class DeltaTarget implements Target {
  private final OpenTables tables;
  private final OffsetsTable offsets;
  private final PendingSweeps sweeps;
  private final EarlyTruncates earlyTruncates;
  private final String connector;
  private final String writer = UUID.randomUUID().toString();
  private final Map<SourcePartition, CommittedOffsets> ledgers = new HashMap<>();
  private Set<TableId> registered = Set.of();
  private Commit lastCommit;
  private CommitReceipt lastReceipt;

  DeltaTarget(OpenTables tables, String connector) {
    this.tables = tables;
    this.connector = connector;
    this.offsets = new OffsetsTable(tables.offsets(), connector);
    this.sweeps = new PendingSweeps(offsets, connector);
    this.earlyTruncates = new EarlyTruncates(tables, offsets);
  }

  @Override
  public Map<SourcePartition, LoadedPartition> load(Set<SourcePartition> partitions) {
    Stand stand = stand();
    Map<SourcePartition, LoadedPartition> loaded = new HashMap<>();
    for (SourcePartition partition : partitions) {
      CommittedOffsets ledger = stand.ledger(partition);
      ledgers.put(partition, ledger);
      int epoch = stand.epoch(partition.topic());
      if (epoch >= 0) {
        loaded.put(partition, ledger.loaded(epoch));
      }
    }
    lastCommit = null;
    return loaded;
  }

  @Override
  public CommitReceipt commit(Commit commit) {
    if (commit == lastCommit) {
      return lastReceipt;
    }
    commit.advances().forEach(this::requireBase);
    register(commit);
    CommitReceipt receipt = CommitReceipt.NOTHING;
    List<TableBatch> batches = earlyTruncates.applicable(commit.batches());
    sweeps.remember(batches);
    Set<PendingSweep> carriedOut = new HashSet<>();
    boolean whole = batches.size() == commit.batches().size() && concernsOneTable(commit);
    for (TableBatch batch : batches) {
      receipt = receipt.plus(commit(commit, batch, whole, carriedOut));
    }
    if (!commit.deadLetters().isEmpty()) {
      tables.deadLetters().write(commit.deadLetters());
    }
    if (!whole) {
      commitOffsets(commit);
    }
    sweeps.forget(carriedOut);
    earlyTruncates.applied(batches);
    commit.advances().forEach(advance -> ledgers.get(advance.partition()).advanced(advance.next()));
    lastCommit = commit;
    lastReceipt = receipt;
    return receipt;
  }

  @Override
  public Set<PendingSweep> pendingSweeps(Set<String> topics) {
    return sweeps.of(topics);
  }

  @Override
  public void rehearse(Commit commit) {
    commit.batches().stream()
        .filter(this::hasTable)
        .forEach(batch -> tables.open(batch.table()).rehearse(batch));
  }

  /** Nothing can be removed from a table that is not there, and none is made without columns. */
  private boolean hasTable(TableBatch batch) {
    return batch.schema().size() > 0 || tables.open(batch.table()).exists();
  }

  @Override
  public void alterOffsets(Map<SourcePartition, Long> altered) {
    Stand stand = stand();
    Map<SourcePartition, PartitionState> states = new HashMap<>();
    altered.forEach(
        (partition, offset) -> {
          CommittedOffsets ledger = stand.ledger(partition);
          PartitionState fresh = PartitionState.fresh(Math.max(0, stand.epoch(partition.topic())));
          if (offset != null) {
            states.put(partition, moved(ledger.base() == null ? fresh : ledger.base(), offset));
          } else if (ledger.known()) {
            states.put(partition, fresh);
          }
        });
    for (TableId id : stand.entries.keySet()) {
      tables.open(id).setDomains(null, domains -> rewritten(states, domains));
    }
    offsets.set(
        domains -> {
          Map<String, Optional<String>> changes = new HashMap<>();
          states.forEach(
              (partition, state) -> {
                Map<String, Long> next = stand.ledger(partition).nextOffsets();
                next.replaceAll((table, old) -> state.nextOffset());
                put(changes, partition, new Entry(state, writer, true, next));
              });
          return changes.isEmpty() ? Optional.empty() : Optional.of(CommitExtras.of(changes));
        });
    ledgers.keySet().removeAll(altered.keySet());
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

  /** Everything that the connector has committed, wherever it stands. */
  private final class Stand {
    final Map<SourcePartition, Entry> offsetEntries;
    final Map<TableId, Map<SourcePartition, Entry>> entries = new HashMap<>();

    Stand(Map<String, String> offsetDomains) {
      offsetEntries = PartitionDomains.entries(connector, offsetDomains);
      registered = new HashSet<>(offsets.tables(offsetDomains));
      for (TableId id : registered) {
        entries.put(id, PartitionDomains.entries(connector, tables.open(id).domains()));
      }
    }

    CommittedOffsets ledger(SourcePartition partition) {
      Map<TableId, Entry> found = new HashMap<>();
      entries.forEach(
          (id, of) -> {
            if (of.containsKey(partition)) {
              found.put(id, of.get(partition));
            }
          });
      return new CommittedOffsets(offsetEntries.get(partition), found);
    }

    /** Greatest epoch of the topic's partitions; -1 where none is known. */
    int epoch(String topic) {
      int epoch = greatestEpoch(topic, offsetEntries);
      for (Map<SourcePartition, Entry> table : entries.values()) {
        epoch = Math.max(epoch, greatestEpoch(topic, table));
      }
      return epoch;
    }

    private static int greatestEpoch(String topic, Map<SourcePartition, Entry> entries) {
      return entries.entrySet().stream()
          .filter(entry -> entry.getKey().topic().equals(topic))
          .mapToInt(entry -> entry.getValue().state().highWater().epoch())
          .max()
          .orElse(-1);
    }
  }

  private Stand stand() {
    return new Stand(offsets.domains());
  }

  private void requireBase(PartitionAdvance advance) {
    CommittedOffsets ledger = ledgers.get(advance.partition());
    if (ledger == null) {
      ledger = stand().ledger(advance.partition());
      ledgers.put(advance.partition(), ledger);
    }
    PartitionState base = ledger.base();
    long held = base == null ? 0 : base.nextOffset();
    long expected = advance.previous().map(PartitionState::nextOffset).orElse(0L);
    if (held != expected) {
      throw fenced(advance.partition(), "offset " + expected, "offset " + held);
    }
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

  private boolean concernsOneTable(Commit commit) {
    if (commit.batches().size() != 1 || !commit.deadLetters().isEmpty()) {
      return false;
    }
    TableBatch batch = commit.batches().get(0);
    return commit.advances().stream()
        .map(PartitionAdvance::partition)
        .allMatch(
            partition ->
                contributes(commit, batch, partition)
                    && ledgers.get(partition).isOnlyAndLevelIn(batch.table()));
  }

  private static boolean contributes(Commit commit, TableBatch batch, SourcePartition partition) {
    Set<SourcePartition> contributors = commit.contributors().get(batch.table());
    return contributors == null || contributors.contains(partition);
  }

  private CommitReceipt commit(
      Commit commit, TableBatch batch, boolean whole, Set<PendingSweep> carriedOut) {
    Map<SourcePartition, Entry> next = new HashMap<>();
    for (PartitionAdvance advance : commit.advances()) {
      if (contributes(commit, batch, advance.partition())) {
        next.put(advance.partition(), new Entry(advance.next(), writer, whole, Map.of()));
      }
    }
    CommitReceipt receipt =
        tables
            .open(batch.table())
            .commit(batch, domains -> decide(commit, batch, next, domains, carriedOut));
    next.forEach((partition, entry) -> ledgers.get(partition).committed(batch.table(), entry));
    return receipt;
  }

  private Optional<CommitExtras> decide(
      Commit commit,
      TableBatch batch,
      Map<SourcePartition, Entry> next,
      Map<String, String> held,
      Set<PendingSweep> carriedOut) {
    if (isCommitted(next, held)) {
      return Optional.empty();
    }
    Map<String, Optional<String>> domains = new HashMap<>();
    for (PartitionAdvance advance : commit.advances()) {
      SourcePartition partition = advance.partition();
      Entry found = PartitionDomains.entry(connector, partition, held);
      Entry mine = next.get(partition);
      Entry known = ledgers.get(partition).table(batch.table());
      if (!Objects.equals(found, known)) {
        throw fenced(partition, "table " + batch.table() + " at " + known, "it at " + found);
      }
      if (mine != null) {
        put(domains, partition, mine);
      }
    }
    Optional<Sweep> due =
        batch.sweep().filter(sweep -> sweeps.isDue(commit, batch.table(), sweep, held));
    due.ifPresent(sweep -> carriedOut.add(PendingSweeps.pending(batch.table(), sweep)));
    return Optional.of(new CommitExtras(domains, due));
  }

  /**
   * Whether a commit with these entries has been made: it writes all of them, and the rows, at
   * once. A single one says nothing, because a request for a sweep may leave a partition's state as
   * it is.
   */
  private boolean isCommitted(Map<SourcePartition, Entry> next, Map<String, String> held) {
    return !next.isEmpty()
        && next.entrySet().stream()
            .allMatch(
                each ->
                    each.getValue().equals(PartitionDomains.entry(connector, each.getKey(), held)));
  }

  private void commitOffsets(Commit commit) {
    Map<SourcePartition, Entry> next = new HashMap<>();
    for (PartitionAdvance advance : commit.advances()) {
      CommittedOffsets ledger = ledgers.get(advance.partition());
      next.put(advance.partition(), new Entry(advance.next(), writer, true, ledger.nextOffsets()));
    }
    offsets.set(
        held -> {
          Map<String, Optional<String>> domains = new HashMap<>();
          next.forEach(
              (partition, mine) -> {
                Entry found = PartitionDomains.entry(connector, partition, held);
                Entry known = ledgers.get(partition).offsets();
                if (!mine.equals(found)) {
                  if (!Objects.equals(found, known)) {
                    throw fenced(partition, "state " + known, "state " + found);
                  }
                  put(domains, partition, mine);
                }
              });
          return domains.isEmpty() ? Optional.empty() : Optional.of(CommitExtras.of(domains));
        });
    next.forEach((partition, entry) -> ledgers.get(partition).committed(entry));
  }

  private Optional<CommitExtras> rewritten(
      Map<SourcePartition, PartitionState> states, Map<String, String> held) {
    Map<String, Optional<String>> domains = new HashMap<>();
    states.forEach(
        (partition, state) -> {
          if (held.containsKey(PartitionDomains.name(connector, partition))) {
            put(domains, partition, new Entry(state, writer, true, Map.of()));
          }
        });
    return domains.isEmpty() ? Optional.empty() : Optional.of(CommitExtras.of(domains));
  }

  private void put(Map<String, Optional<String>> domains, SourcePartition partition, Entry entry) {
    domains.put(
        PartitionDomains.name(connector, partition),
        Optional.of(PartitionDomains.text(partition, entry)));
  }

  private static PartitionState moved(PartitionState old, long offset) {
    return new PartitionState(
        offset,
        new Position(old.highWater().epoch(), 0, 0),
        old.snapshotLsn(),
        old.completedSnapshotLsn(),
        0);
  }

  private FencedException fenced(SourcePartition partition, String expected, String found) {
    return new FencedException(
        "Partition "
            + partition
            + " of connector "
            + connector
            + " has another owner, or a table was restored: expected "
            + expected
            + ", found "
            + found
            + ". This task must reload its state before it writes again.");
  }
}
