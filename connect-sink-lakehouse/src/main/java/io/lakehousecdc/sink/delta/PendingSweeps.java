// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.domain.PartitionDomains;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PendingSweep;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sweeps that a connector asked for. Each has a metadata domain in the table of offsets, which
 * is written before the commit that asks and removed after the one that sweeps: a crash in between
 * has the sweep asked for once more, which then finds nothing. Used by one thread at a time.
 */
final class PendingSweeps {
  private static final Logger LOG = LoggerFactory.getLogger(PendingSweeps.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PREFIX = "lakehousecdc.sweeps.";

  private final OffsetsTable offsets;
  private final String connector;

  PendingSweeps(OffsetsTable offsets, String connector) {
    this.offsets = offsets;
    this.connector = connector;
  }

  /** Sweeps of the given topics that wait. */
  Set<PendingSweep> of(Set<String> topics) {
    return read(offsets.domains()).stream()
        .filter(sweep -> topics.contains(sweep.topic()))
        .collect(Collectors.toSet());
  }

  /** Remembers the sweeps that the batches ask for. */
  void remember(List<TableBatch> batches) {
    Set<PendingSweep> asked = new HashSet<>();
    for (TableBatch batch : batches) {
      batch.sweep().ifPresent(sweep -> asked.add(pending(batch.table(), sweep)));
    }
    if (!asked.isEmpty()) {
      offsets.set(held -> changes(missing(asked, read(held)), sweep -> Optional.of(text(sweep))));
    }
  }

  /** Forgets sweeps that were carried out. */
  void forget(Set<PendingSweep> carriedOut) {
    if (!carriedOut.isEmpty()) {
      offsets.set(
          held -> {
            Set<PendingSweep> done = read(held);
            done.removeIf(sweep -> !missing(Set.of(sweep), carriedOut).isEmpty());
            return changes(done, sweep -> Optional.empty());
          });
    }
  }

  /**
   * Whether every partition of the sweep's topic is past the snapshot, as far as the commit itself,
   * the table that it goes to and the table of offsets know.
   *
   * @param held domains of the version of the table that the commit builds on
   */
  boolean isDue(Commit commit, TableId table, Sweep sweep, Map<String, String> held) {
    Map<SourcePartition, PartitionState> states = new HashMap<>();
    PartitionDomains.entries(connector, offsets.domains())
        .forEach((partition, entry) -> states.put(partition, entry.state()));
    PartitionDomains.entries(connector, held)
        .forEach(
            (partition, entry) -> states.merge(partition, entry.state(), PendingSweeps::later));
    commit.advances().forEach(advance -> states.put(advance.partition(), advance.next()));
    Set<Integer> before = new TreeSet<>();
    states.forEach(
        (partition, state) -> {
          if (partition.topic().equals(sweep.topic()) && !state.isPast(sweep.below())) {
            before.add(partition.partition());
          }
        });
    if (!before.isEmpty()) {
      LOG.info(
          "Table {}: the snapshot at {} has ended, but partitions {} of {} have not shown that they"
              + " are past it; rows that it did not contain are looked for when they have.",
          table,
          sweep.below(),
          before,
          sweep.topic());
    }
    return before.isEmpty();
  }

  static PendingSweep pending(TableId table, Sweep sweep) {
    return new PendingSweep(table, sweep.topic(), sweep.below());
  }

  /** Those of {@code wanted} of which {@code known} has neither the same nor a later snapshot. */
  private static Set<PendingSweep> missing(Set<PendingSweep> wanted, Set<PendingSweep> known) {
    return wanted.stream()
        .filter(
            sweep ->
                known.stream()
                    .noneMatch(
                        other ->
                            other.table().equals(sweep.table())
                                && other.topic().equals(sweep.topic())
                                && !other.below().isBelow(sweep.below())))
        .collect(Collectors.toSet());
  }

  /** The state of more records; of as many, the one that has seen more of a snapshot's end. */
  private static PartitionState later(PartitionState a, PartitionState b) {
    if (a.nextOffset() != b.nextOffset()) {
      return a.nextOffset() < b.nextOffset() ? b : a;
    }
    return a.completedSnapshotLsn() < b.completedSnapshotLsn() ? b : a;
  }

  private Optional<CommitExtras> changes(
      Set<PendingSweep> sweeps, Function<PendingSweep, Optional<String>> value) {
    Map<String, Optional<String>> domains = new HashMap<>();
    for (PendingSweep sweep : sweeps) {
      domains.put(name(sweep), value.apply(sweep));
    }
    return domains.isEmpty() ? Optional.empty() : Optional.of(CommitExtras.of(domains));
  }

  private Set<PendingSweep> read(Map<String, String> domains) {
    Set<PendingSweep> sweeps = new HashSet<>();
    domains.forEach(
        (name, value) -> {
          if (name.startsWith(prefix())) {
            sweeps.add(sweep(name, value));
          }
        });
    return sweeps;
  }

  private String prefix() {
    return PREFIX + encoded(connector) + "/";
  }

  private String name(PendingSweep sweep) {
    TableId table = sweep.table();
    return prefix()
        + encoded(sweep.topic())
        + "/"
        + encoded(table.schema())
        + "/"
        + encoded(table.name());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String text(PendingSweep sweep) {
    return JSON.createObjectNode()
        .put("topic", sweep.topic())
        .put("schema", sweep.table().schema())
        .put("table", sweep.table().name())
        .put("epoch", sweep.below().epoch())
        .put("lsn", sweep.below().commitLsn())
        .toString();
  }

  private static PendingSweep sweep(String name, String value) {
    try {
      JsonNode node = JSON.readTree(value);
      return new PendingSweep(
          new TableId(node.path("schema").textValue(), node.path("table").textValue()),
          node.path("topic").textValue(),
          new Position(node.path("epoch").intValue(), node.path("lsn").longValue(), 0));
    } catch (JsonProcessingException e) {
      throw new FatalException(
          "The metadata domain " + name + " is not one that this sink wrote: " + value, e);
    }
  }
}
