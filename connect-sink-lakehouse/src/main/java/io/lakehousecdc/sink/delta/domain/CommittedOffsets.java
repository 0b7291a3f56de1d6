// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.domain;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.PartitionDomains.Entry;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The committed offsets of one partition as a task knows them: what each table, and the table of
 * offsets, held of it when it was loaded or last committed. A commit builds on exactly this;
 * anything else means that the partition has another owner.
 *
 * <p>The committed state of the partition as a whole is the one in the table of offsets, or a
 * further one in a table which says that no other was concerned. A table that holds less than the
 * table of offsets remembers of it was restored to an older version: then the state is the one in
 * that table, and all others are ahead.
 */
public final class CommittedOffsets {
  private final Map<TableId, Entry> tables;
  private Entry offsets;
  private PartitionState base;

  /**
   * @param offsets entry in the table of offsets, or null
   * @param tables entries by table, of those that have one
   */
  public CommittedOffsets(Entry offsets, Map<TableId, Entry> tables) {
    this.offsets = offsets;
    this.tables = new HashMap<>(tables);
    this.base = committedState();
  }

  /** Committed state of the partition as a whole; null where nothing is known. */
  public PartitionState base() {
    return base;
  }

  /** Whether any table knows the partition. */
  public boolean known() {
    return offsets != null || !tables.isEmpty();
  }

  /** Entry in the table of offsets, or null. */
  public Entry offsets() {
    return offsets;
  }

  /** Entry in a table, or null. */
  public Entry table(TableId table) {
    return tables.get(table);
  }

  /**
   * Whether the partition has touched no other table than this, which is not ahead of it either, as
   * it is where a commit of several tables was tried, and is tried again without the others: unless
   * it is ahead by that state alone, as the state of the whole partition.
   */
  public boolean isOnlyAndLevelIn(TableId table, PartitionState state) {
    long next = base == null ? 0 : base.nextOffset();
    return tables.entrySet().stream()
        .allMatch(
            known ->
                known.getKey().equals(table)
                    && (known.getValue().state().nextOffset() <= next
                        || known.getValue().complete() && known.getValue().state().equals(state)));
  }

  /**
   * Whether the table of offsets does not know the committed state, because one table alone holds
   * it.
   */
  public boolean isHeldByATableAlone() {
    return base != null && (offsets == null || offsets.state().nextOffset() < base.nextOffset());
  }

  /** Tables that hold an entry. */
  public Set<TableId> tables() {
    return tables.keySet();
  }

  /** Next offset of every table that the partition has touched. */
  public Map<String, Long> nextOffsets() {
    Map<String, Long> next = new HashMap<>();
    tables.forEach((table, entry) -> next.put(table.toString(), entry.state().nextOffset()));
    return next;
  }

  /** The table holds this entry. */
  public void committed(TableId table, Entry entry) {
    tables.put(table, entry);
  }

  /** The table of offsets holds this entry. */
  public void committed(Entry entry) {
    offsets = entry;
  }

  /** The partition as a whole has this state. */
  public void advanced(PartitionState state) {
    base = state;
  }

  /** What to tell the pipeline, for a partition that is known. */
  public LoadedPartition loaded() {
    PartitionState state = base == null ? PartitionState.FRESH : base;
    Map<TableId, Long> ahead = new HashMap<>();
    boolean rewound = offsets != null && state.nextOffset() < offsets.state().nextOffset();
    tables.forEach(
        (table, entry) -> {
          long next = entry.state().nextOffset();
          if (rewound && !restored(table, entry)) {
            next = Math.max(next, offsets.state().nextOffset());
          }
          if (next > state.nextOffset()) {
            ahead.put(table, next);
          }
        });
    return new LoadedPartition(state, ahead);
  }

  private PartitionState committedState() {
    Optional<PartitionState> rewound =
        tables.entrySet().stream()
            .filter(table -> restored(table.getKey(), table.getValue()))
            .map(table -> table.getValue().state())
            .min((a, b) -> Long.compare(a.nextOffset(), b.nextOffset()));
    if (rewound.isPresent()) {
      return rewound.get();
    }
    PartitionState greatest = offsets == null ? null : offsets.state();
    for (Entry entry : tables.values()) {
      boolean further = greatest == null || entry.state().nextOffset() > greatest.nextOffset();
      if (entry.complete() && further) {
        greatest = entry.state();
      }
    }
    return greatest;
  }

  private boolean restored(TableId table, Entry entry) {
    Long remembered = offsets == null ? null : offsets.tables().get(table.toString());
    return remembered != null && entry.state().nextOffset() < remembered;
  }
}
