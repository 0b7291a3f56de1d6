// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommittedOffsets;
import io.lakehousecdc.sink.delta.domain.PartitionDomains;
import io.lakehousecdc.sink.delta.domain.PartitionDomains.Entry;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The committed state of a connector: its entries in the table of offsets, and in each table that
 * it has written to, as they were when this was read.
 */
final class CommittedState {
  private final Map<SourcePartition, Entry> offsets;
  private final Map<TableId, Map<SourcePartition, Entry>> tables = new HashMap<>();

  private CommittedState(Map<SourcePartition, Entry> offsets) {
    this.offsets = offsets;
  }

  /** Reads it. */
  static CommittedState read(String connector, OffsetsTable offsets, OpenTables tables) {
    Map<String, String> domains = offsets.domains();
    CommittedState state = new CommittedState(PartitionDomains.entries(connector, domains));
    for (TableId id : offsets.tables(domains)) {
      state.tables.put(id, PartitionDomains.entries(connector, tables.open(id).domains()));
    }
    return state;
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

  /** Greatest epoch of the topic's partitions; -1 where none is known. */
  int epoch(String topic) {
    int epoch = greatestEpoch(topic, offsets);
    for (Map<SourcePartition, Entry> table : tables.values()) {
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
