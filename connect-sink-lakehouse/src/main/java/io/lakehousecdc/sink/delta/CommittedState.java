// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommittedOffsets;
import io.lakehousecdc.sink.delta.domain.HistoriesDomain;
import io.lakehousecdc.sink.delta.domain.PartitionDomains;
import io.lakehousecdc.sink.delta.domain.PartitionDomains.Entry;
import io.lakehousecdc.sink.spi.CarriedOver;
import io.lakehousecdc.sink.spi.PartitionState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The committed state of a connector: its entries in the table of offsets, and in tables that it
 * has written to, as they were when this was read.
 */
final class CommittedState {
  private final Map<SourcePartition, Entry> offsets;
  private final Map<TableId, Map<SourcePartition, Entry>> tables = new HashMap<>();
  private Optional<Histories> histories = Optional.empty();

  private CommittedState(Map<SourcePartition, Entry> offsets) {
    this.offsets = offsets;
  }

  /**
   * Reads it.
   *
   * @param domains domains of the table of offsets
   * @param wanted which tables to look at
   */
  static CommittedState read(
      String connector,
      Map<String, String> domains,
      Set<TableId> wanted,
      OpenTables tables,
      TableThreads threads) {
    CommittedState state = new CommittedState(PartitionDomains.entries(connector, domains));
    state.add(HistoriesDomain.histories(connector, domains));
    threads.each(
        wanted,
        id -> new Held(id, tables.open(id).domains()),
        held -> {
          state.tables.put(held.table, PartitionDomains.entries(connector, held.domains));
          state.add(HistoriesDomain.histories(connector, held.domains));
        });
    return state;
  }

  private record Held(TableId table, Map<String, String> domains) {}

  private void add(Optional<Histories> more) {
    more.ifPresent(found -> histories = Optional.of(histories.map(found::union).orElse(found)));
  }

  /** Tables that were looked at. */
  Set<TableId> tables() {
    return tables.keySet();
  }

  /** What the tables hold of a partition. */
  CommittedOffsets of(SourcePartition partition) {
    Map<TableId, Entry> found = new HashMap<>();
    tables.forEach(
        (id, entries) -> {
          if (entries.containsKey(partition)) {
            found.put(id, entries.get(partition));
          }
        });
    return new CommittedOffsets(offsets.get(partition), found);
  }

  /** Histories that were found, or that version 0.1 knew without naming them. */
  Histories histories() {
    if (histories.isPresent()) {
      return histories.get();
    }
    List<PartitionState> states = new ArrayList<>();
    offsets.values().forEach(entry -> states.add(entry.state()));
    tables.values().forEach(held -> held.values().forEach(entry -> states.add(entry.state())));
    return CarriedOver.histories(states);
  }
}
