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
 * The committed state of a connector: its entries in the table of offsets, and in each table that
 * it has written to, as they were when this was read.
 */
final class CommittedState {
  private final Map<SourcePartition, Entry> offsets;
  private final Map<TableId, Map<SourcePartition, Entry>> tables = new HashMap<>();
  private Optional<Histories> histories = Optional.empty();

  private CommittedState(Map<SourcePartition, Entry> offsets) {
    this.offsets = offsets;
  }

  /** Reads it. */
  static CommittedState read(String connector, OffsetsTable offsets, OpenTables tables) {
    Map<String, String> domains = offsets.domains();
    CommittedState state = new CommittedState(PartitionDomains.entries(connector, domains));
    state.add(HistoriesDomain.histories(connector, domains));
    for (TableId id : offsets.tables(domains)) {
      Map<String, String> held = tables.open(id).domains();
      state.tables.put(id, PartitionDomains.entries(connector, held));
      state.add(HistoriesDomain.histories(connector, held));
    }
    return state;
  }

  private void add(Optional<Histories> more) {
    more.ifPresent(found -> histories = Optional.of(histories.map(found::union).orElse(found)));
  }

  /** Tables that the connector has written to. */
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

  /** All histories that the connector has told of, or version 0.1 knew without naming them. */
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
