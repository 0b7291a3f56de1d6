// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.domain.CommittedOffsets;
import io.lakehousecdc.sink.delta.domain.PartitionDomains;
import io.lakehousecdc.sink.delta.domain.PartitionDomains.Entry;
import io.lakehousecdc.sink.spi.PartitionState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The states that partitions get where an operator moves or resets their offsets. */
final class AlteredOffsets {
  private final String connector;
  private final String writer;
  private final CommittedState committed;
  private final Map<SourcePartition, PartitionState> states = new HashMap<>();

  /**
   * @param writer identity of the target that writes them
   * @param altered new offset by partition; null where it is reset
   */
  AlteredOffsets(
      String connector,
      String writer,
      CommittedState committed,
      Map<SourcePartition, Long> altered) {
    this.connector = connector;
    this.writer = writer;
    this.committed = committed;
    altered.forEach(
        (partition, offset) -> {
          CommittedOffsets held = committed.of(partition);
          if (offset != null) {
            PartitionState old = held.base() == null ? PartitionState.FRESH : held.base();
            states.put(partition, old.movedTo(offset));
          } else if (held.known()) {
            states.put(partition, PartitionState.FRESH);
          }
        });
  }

  /** What changes in a table that holds the given domains; empty where it knows none of them. */
  Optional<CommitExtras> inTable(Map<String, String> held) {
    Map<String, Optional<String>> domains = new HashMap<>();
    states.forEach(
        (partition, state) -> {
          if (held.containsKey(PartitionDomains.name(connector, partition))) {
            PartitionDomains.put(
                domains, connector, partition, new Entry(state, writer, true, Map.of()));
          }
        });
    return CommitExtras.unlessEmpty(domains);
  }

  /** What changes in the table of offsets. */
  Optional<CommitExtras> inOffsets() {
    Map<String, Optional<String>> domains = new HashMap<>();
    states.forEach(
        (partition, state) -> {
          Map<String, Long> next = committed.of(partition).nextOffsets();
          next.replaceAll((table, old) -> state.nextOffset());
          PartitionDomains.put(domains, connector, partition, new Entry(state, writer, true, next));
        });
    return CommitExtras.unlessEmpty(domains);
  }
}
