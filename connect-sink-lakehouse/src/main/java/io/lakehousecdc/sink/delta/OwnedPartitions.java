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
import java.util.Collection;
import java.util.HashMap;
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
  private final Map<SourcePartition, CommittedOffsets> known = new HashMap<>();

  /**
   * @param writer identity of the target that owns them
   */
  OwnedPartitions(String connector, String writer) {
    this.connector = connector;
    this.writer = writer;
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

  /** Whether the commit's partitions feed one table alone, so that it holds all of their state. */
  boolean feedOneTable(Commit commit) {
    if (commit.batches().size() != 1 || !commit.deadLetters().isEmpty()) {
      return false;
    }
    TableId table = commit.batches().get(0).table();
    return commit.advances().stream()
        .map(PartitionAdvance::partition)
        .allMatch(
            partition ->
                contributes(commit, table, partition)
                    && known.get(partition).isOnlyAndLevelIn(table));
  }

  private static boolean contributes(Commit commit, TableId table, SourcePartition partition) {
    Set<SourcePartition> contributors = commit.contributors().get(table);
    return contributors == null || contributors.contains(partition);
  }

  /**
   * What a table will hold of the partitions that contribute to it.
   *
   * @param complete whether the commit concerns no other table
   */
  Map<SourcePartition, Entry> tableEntries(Commit commit, TableId table, boolean complete) {
    Map<SourcePartition, Entry> next = new HashMap<>();
    for (PartitionAdvance advance : commit.advances()) {
      if (contributes(commit, table, advance.partition())) {
        next.put(advance.partition(), new Entry(advance.next(), writer, complete, Map.of()));
      }
    }
    return next;
  }

  /** What the table of offsets will hold, when all tables of the commit have committed. */
  Map<SourcePartition, Entry> offsetsEntries(Commit commit) {
    Map<SourcePartition, Entry> next = new HashMap<>();
    for (PartitionAdvance advance : commit.advances()) {
      Map<String, Long> tables = known.get(advance.partition()).nextOffsets();
      next.put(advance.partition(), new Entry(advance.next(), writer, true, tables));
    }
    return next;
  }

  /**
   * Whether a commit with these entries has been made: it writes all of them, and the rows, at
   * once. A single one says nothing, because a request for a sweep may leave a partition's state as
   * it is.
   *
   * @param held domains of the table
   */
  boolean areCommitted(Map<SourcePartition, Entry> next, Map<String, String> held) {
    return !next.isEmpty()
        && next.entrySet().stream()
            .allMatch(each -> each.getValue().equals(entry(each.getKey(), held)));
  }

  /**
   * Domains that a table's commit sets.
   *
   * @param held domains of the table
   * @throws FencedException the table holds what is not known of a partition of the commit
   */
  Map<String, Optional<String>> tableDomains(
      Commit commit, TableId table, Map<SourcePartition, Entry> next, Map<String, String> held) {
    Map<String, Optional<String>> domains = new HashMap<>();
    for (PartitionAdvance advance : commit.advances()) {
      SourcePartition partition = advance.partition();
      Entry found = entry(partition, held);
      Entry expected = known.get(partition).table(table);
      if (!Objects.equals(found, expected)) {
        throw fenced(partition, "table " + table + " at " + expected, "it at " + found);
      }
      if (next.containsKey(partition)) {
        PartitionDomains.put(domains, connector, partition, next.get(partition));
      }
    }
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
