// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.memory;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.schema.ColumnHistory;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PendingSweep;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The warehouse behind {@link InMemoryTarget}s; outlives them. Thread-safe. */
public final class MemoryWarehouse {
  private Contents contents = new Contents(Map.of(), Map.of(), Map.of(), Map.of(), Map.of());
  private final Map<String, Map<TableStatus.Key, TableStatus>> status = new HashMap<>();
  private Consumer<Commit> beforeCommit = commit -> {};
  private Consumer<Commit> afterCommit = commit -> {};

  /** A partition as a connector knows it. */
  record Owned(String connector, SourcePartition partition) {}

  /** All that is stored at one time. Commits work on a copy and swap it in. */
  record Contents(
      Map<TableId, MemoryTable> tables,
      Map<Owned, PartitionState> states,
      Map<RecordOffset, DeadLetter> deadLetters,
      Map<String, Set<PendingSweep>> sweeps,
      Map<String, Histories> histories) {

    Contents copy() {
      Map<TableId, MemoryTable> copies = new HashMap<>();
      tables.forEach((id, table) -> copies.put(id, table.copy()));
      Map<String, Set<PendingSweep>> waiting = new HashMap<>();
      sweeps.forEach((connector, pending) -> waiting.put(connector, new HashSet<>(pending)));
      return new Contents(
          copies,
          new HashMap<>(states),
          new LinkedHashMap<>(deadLetters),
          waiting,
          new HashMap<>(histories));
    }

    /** What is known of the columns of a table's source. */
    ColumnHistory columnsOf(TableId table) {
      MemoryTable found = tables.get(table);
      return found == null ? ColumnHistory.EMPTY : found.history();
    }

    /** States of all partitions of a connector. */
    List<PartitionState> statesOf(String connector) {
      return states.entrySet().stream()
          .filter(entry -> entry.getKey().connector().equals(connector))
          .map(Map.Entry::getValue)
          .toList();
    }

    /** Whether every known partition of the topic has completed the snapshot. */
    boolean snapshotCompleted(String connector, String topic, Position below, Histories known) {
      return states.entrySet().stream()
          .filter(
              entry ->
                  entry.getKey().connector().equals(connector)
                      && entry.getKey().partition().topic().equals(topic))
          .map(Map.Entry::getValue)
          .allMatch(state -> state.isPast(below, known));
    }

    /** Whether the sweep is due; remembers it where it is not. */
    boolean ask(String connector, TableId table, Sweep sweep, Histories known) {
      boolean due = snapshotCompleted(connector, sweep.topic(), sweep.below(), known);
      Set<PendingSweep> pending = sweeps.computeIfAbsent(connector, key -> new HashSet<>());
      pending.removeIf(
          each ->
              each.table().equals(table)
                  && each.topic().equals(sweep.topic())
                  && !sweep.below().isBelow(each.below()));
      if (!due) {
        pending.add(
            new PendingSweep(table, sweep.topic(), sweep.below(), sweep.floor().atMicros()));
      }
      return due;
    }
  }

  /** Runs before each commit is applied; may throw what a failing warehouse would. */
  public synchronized void beforeCommit(Consumer<Commit> action) {
    beforeCommit = action;
  }

  /** Runs after each commit is applied; may throw, as where the acknowledgement is lost. */
  public synchronized void afterCommit(Consumer<Commit> action) {
    afterCommit = action;
  }

  /** Rows of a table, by column name; empty where there is no such table. */
  public synchronized List<Map<String, Object>> rows(TableId table, MetadataColumns names) {
    MemoryTable found = contents.tables().get(table);
    return found == null ? List.of() : found.rows(names);
  }

  /** The status of a connector's tables. */
  public synchronized List<TableStatus> status(String connector) {
    return List.copyOf(status.getOrDefault(connector, Map.of()).values());
  }

  synchronized void report(String connector, List<TableStatus> added) {
    Map<TableStatus.Key, TableStatus> stored =
        status.computeIfAbsent(connector, each -> new LinkedHashMap<>());
    added.forEach(each -> stored.merge(each.key(), each, TableStatus::plus));
  }

  /** Everything in the dead-letter table. */
  public synchronized List<DeadLetter> deadLetters() {
    return List.copyOf(contents.deadLetters().values());
  }

  synchronized Contents contents() {
    return contents;
  }

  synchronized void replace(Contents next) {
    contents = next;
  }

  synchronized Consumer<Commit> beforeCommit() {
    return beforeCommit;
  }

  synchronized Consumer<Commit> afterCommit() {
    return afterCommit;
  }
}
