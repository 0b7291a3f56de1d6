// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommittedOffsets;
import io.lakehousecdc.sink.delta.domain.PartitionDomains;
import io.lakehousecdc.sink.delta.domain.PartitionDomains.Entry;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.TargetContext.Transactions;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The partitions that a task owns: what the tables are known to hold of each, and what a commit
 * writes there. A table that holds anything else has been written to by another owner, and the
 * commit is fenced. Used by one thread at a time.
 */
final class OwnedPartitions {
  private final String connector;
  private final String writer;
  private final Transactions transactions;
  private final Map<SourcePartition, CommittedOffsets> known = new HashMap<>();

  /**
   * @param writer identity of the target that owns them
   * @param transactions where commits hold whole ones, the table of offsets has the states of all
   *     partitions: a table that held one by itself would be ahead of what its transactions are
   *     part of
   */
  OwnedPartitions(String connector, String writer, Transactions transactions) {
    this.connector = connector;
    this.writer = writer;
    this.transactions = transactions;
  }

  /** Whether anything was read of the partition. */
  boolean contains(SourcePartition partition) {
    return known.containsKey(partition);
  }

  /** Takes a partition over: the tables hold this of it. */
  void put(SourcePartition partition, CommittedOffsets held) {
    known.put(partition, held);
  }

  void remove(Collection<SourcePartition> partitions) {
    known.keySet().removeAll(partitions);
  }

  /**
   * Refuses a commit that does not build on what the partition is known to have committed.
   *
   * @throws FencedException it builds on anything else
   */
  void requireBase(PartitionAdvance advance) {
    PartitionState base = known.get(advance.partition()).base();
    long held = base == null ? 0 : base.nextOffset();
    long expected = advance.previous().map(PartitionState::nextOffset).orElse(0L);
    if (held != expected) {
      throw fenced(advance.partition(), "offset " + expected, "offset " + held);
    }
  }

  /** Topics of the partitions. */
  Set<String> topics() {
    Set<String> topics = new HashSet<>();
    known.keySet().forEach(partition -> topics.add(partition.topic()));
    return topics;
  }

  /**
   * What a table will hold of the partitions that contribute to it. A partition that feeds this
   * table alone has its whole state there, unless commits hold whole transactions.
   *
   * @param applicable tables of the commit that are written to
   */
  Map<SourcePartition, Entry> tableEntries(
      Commit commit, CommitShares shares, TableId table, Set<TableId> applicable) {
    Map<SourcePartition, Entry> next = new HashMap<>();
    for (PartitionAdvance advance : shares.of(table)) {
      SourcePartition partition = advance.partition();
      boolean whole =
          transactions == Transactions.PARTS
              && commit.deadLetters().isEmpty()
              && applicable.contains(table)
              && shares.isToOneTable(partition)
              && known.get(partition).isOnlyAndLevelIn(table, advance.next());
      next.put(partition, new Entry(advance.next(), writer, whole, Map.of()));
    }
    return next;
  }

  /**
   * What the table of offsets will hold, when all tables of the commit have committed.
   *
   * @param whole partitions whose state a single table holds
   */
  Map<SourcePartition, Entry> offsetsEntries(Commit commit, Set<SourcePartition> whole) {
    Map<SourcePartition, Entry> next = new HashMap<>();
    for (PartitionAdvance advance : commit.advances()) {
      if (!whole.contains(advance.partition())) {
        Map<String, Long> tables = known.get(advance.partition()).nextOffsets();
        next.put(advance.partition(), new Entry(advance.next(), writer, true, tables));
      }
    }
    return next;
  }

  /**
   * What the table of offsets has to hold before a commit: states that so far one table alone has,
   * which this commit will overwrite there by what is only a part of the state.
   *
   * @param whole partitions whose state a single table goes on to hold
   */
  Map<SourcePartition, Entry> offsetsBefore(
      Commit commit, CommitShares shares, Set<SourcePartition> whole) {
    Map<SourcePartition, Entry> before = new HashMap<>();
    for (PartitionAdvance advance : commit.advances()) {
      CommittedOffsets held = known.get(advance.partition());
      if (shares.isToAnyTable(advance.partition())
          && !whole.contains(advance.partition())
          && held.isHeldByATableAlone()) {
        before.put(advance.partition(), new Entry(held.base(), writer, true, held.nextOffsets()));
      }
    }
    return before;
  }

  /**
   * What a table holds of these partitions, where the commit has been made there: it writes all of
   * them, and the rows, at once. It may have been made as another commit that came as far, before a
   * record was rejected that another table refused. A single partition says nothing, because a
   * request for a sweep may leave its state as it is.
   *
   * @param held domains of the table
   * @return empty where the commit has not been made
   */
  Optional<Map<SourcePartition, Entry>> committedEntries(
      Map<SourcePartition, Entry> next, Map<String, String> held) {
    Map<SourcePartition, Entry> found = new HashMap<>();
    for (Map.Entry<SourcePartition, Entry> each : next.entrySet()) {
      Entry entry = entry(each.getKey(), held);
      if (entry == null || !isMade(each.getKey(), each.getValue(), entry)) {
        return Optional.empty();
      }
      found.put(each.getKey(), entry);
    }
    return next.isEmpty() ? Optional.empty() : Optional.of(found);
  }

  private boolean isMade(SourcePartition partition, Entry next, Entry found) {
    PartitionState base = known.get(partition).base();
    long from = base == null ? 0 : base.nextOffset();
    long reached = found.state().nextOffset();
    return found.equals(next)
        || found.writer().equals(writer) && reached > from && reached == next.state().nextOffset();
  }

  /** For each table, those of the commit's partitions that it is known to hold. */
  Map<TableId, Set<SourcePartition>> held(Commit commit) {
    Map<TableId, Set<SourcePartition>> held = new HashMap<>();
    for (PartitionAdvance advance : commit.advances()) {
      for (TableId table : known.get(advance.partition()).tables()) {
        held.computeIfAbsent(table, id -> new HashSet<>()).add(advance.partition());
      }
    }
    return held;
  }

  /**
   * Domains that a table's commit sets.
   *
   * @param concerned all partitions of the commit that the table holds, or is known to have held
   * @param held domains of the table
   * @throws FencedException the table holds what is not known of a partition of the commit
   */
  Map<String, Optional<String>> tableDomains(
      TableId table,
      Map<SourcePartition, Entry> next,
      Set<SourcePartition> concerned,
      Map<String, String> held) {
    Map<String, Optional<String>> domains = new HashMap<>();
    Set<SourcePartition> partitions = new HashSet<>(concerned);
    partitions.addAll(next.keySet());
    for (SourcePartition partition : partitions) {
      Entry found = entry(partition, held);
      Entry expected = known.get(partition).table(table);
      if (!Objects.equals(found, expected)) {
        throw fenced(partition, "table " + table + " at " + expected, "it at " + found);
      }
    }
    next.forEach((partition, entry) -> PartitionDomains.put(domains, connector, partition, entry));
    return domains;
  }

  /**
   * Domains that are yet to be set in the table of offsets.
   *
   * @param held domains of the table of offsets
   * @throws FencedException it holds what is not known of a partition
   */
  Map<String, Optional<String>> offsetsDomains(
      Map<SourcePartition, Entry> next, Map<String, String> held) {
    Map<String, Optional<String>> domains = new HashMap<>();
    next.forEach(
        (partition, mine) -> {
          Entry found = entry(partition, held);
          Entry expected = known.get(partition).offsets();
          if (!mine.equals(found)) {
            if (!Objects.equals(found, expected)) {
              throw fenced(partition, "state " + expected, "state " + found);
            }
            PartitionDomains.put(domains, connector, partition, mine);
          }
        });
    return domains;
  }

  /** The table holds these entries. */
  void committed(TableId table, Map<SourcePartition, Entry> entries) {
    entries.forEach((partition, entry) -> known.get(partition).committed(table, entry));
  }

  /** The table of offsets holds these entries. */
  void committed(Map<SourcePartition, Entry> entries) {
    entries.forEach((partition, entry) -> known.get(partition).committed(entry));
  }

  /** The whole commit is done. */
  void advanced(Commit commit) {
    commit.advances().forEach(advance -> known.get(advance.partition()).advanced(advance.next()));
  }

  private Entry entry(SourcePartition partition, Map<String, String> held) {
    return PartitionDomains.entry(connector, partition, held);
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
