// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
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
import java.util.function.BinaryOperator;
import java.util.function.Predicate;
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
    return read(offsets.domains()).values().stream()
        .filter(sweep -> topics.contains(sweep.topic()))
        .collect(Collectors.toSet());
  }

  /**
   * Remembers the sweeps that the batches ask for, in place of those of older snapshots.
   *
   * @param known tell which snapshots are of one source
   */
  void remember(List<TableBatch> batches, Histories known) {
    Set<PendingSweep> asked = new HashSet<>();
    for (TableBatch batch : batches) {
      batch.sweep().ifPresent(sweep -> asked.add(pending(batch.table(), sweep)));
    }
    if (!asked.isEmpty()) {
      offsets.set(held -> CommitExtras.unlessEmpty(asking(asked, read(held), known)));
    }
  }

  private Map<String, Optional<String>> asking(
      Set<PendingSweep> asked, Map<String, PendingSweep> held, Histories known) {
    Map<String, Optional<String>> domains = new HashMap<>();
    for (PendingSweep sweep : asked) {
      if (held.values().stream().noneMatch(other -> isServed(sweep, other, known))) {
        domains.putAll(serving(Set.of(sweep), held, known));
        domains.put(name(sweep), Optional.of(text(sweep)));
      }
    }
    return domains;
  }

  /**
   * Forgets sweeps that were carried out, and those of older snapshots.
   *
   * @param known tell which snapshots are of one source
   */
  void forget(Set<PendingSweep> carriedOut, Histories known) {
    if (!carriedOut.isEmpty()) {
      offsets.set(held -> CommitExtras.unlessEmpty(serving(carriedOut, read(held), known)));
    }
  }

  /** The removal of all that is served by carrying some sweeps out. */
  private static Map<String, Optional<String>> serving(
      Set<PendingSweep> carriedOut, Map<String, PendingSweep> held, Histories known) {
    Map<String, Optional<String>> domains = new HashMap<>();
    held.forEach(
        (name, sweep) -> {
          if (carriedOut.stream().anyMatch(other -> isServed(sweep, other, known))) {
            domains.put(name, Optional.empty());
          }
        });
    return domains;
  }

  /** Whether {@code other} is a sweep of the same table by the same or a later snapshot. */
  private static boolean isServed(PendingSweep sweep, PendingSweep other, Histories known) {
    return other.table().equals(sweep.table())
        && other.topic().equals(sweep.topic())
        && !other.below().isBelow(sweep.below())
        && (other.below().epoch() == sweep.below().epoch()
            || source(other, known).equals(source(sweep, known)));
  }

  private static Optional<SourceId> source(PendingSweep sweep, Histories known) {
    return known.history(sweep.below().epoch()).map(History::source);
  }

  /**
   * Whether every partition of the sweep's topic is past the snapshot, as far as the commit itself,
   * the table that it goes to and the table of offsets know.
   *
   * @param held domains of the version of the table that the commit builds on
   */
  boolean isDue(Commit commit, TableId table, Sweep sweep, Map<String, String> held) {
    Predicate<PartitionState> isPast = state -> state.isPast(sweep.below(), commit.histories());
    BinaryOperator<PartitionState> later = (a, b) -> later(a, b, isPast);
    Map<SourcePartition, PartitionState> states = new HashMap<>();
    PartitionDomains.entries(connector, offsets.domains())
        .forEach((partition, entry) -> states.put(partition, entry.state()));
    PartitionDomains.entries(connector, held)
        .forEach((partition, entry) -> states.merge(partition, entry.state(), later));
    commit.advances().forEach(advance -> states.put(advance.partition(), advance.next()));
    Set<Integer> before = new TreeSet<>();
    states.forEach(
        (partition, state) -> {
          if (partition.topic().equals(sweep.topic()) && !isPast.test(state)) {
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
    return new PendingSweep(table, sweep.topic(), sweep.below(), sweep.floor().atMicros());
  }

  /** The state of more records; of as many, the one that is past. */
  private static PartitionState later(
      PartitionState a, PartitionState b, Predicate<PartitionState> isPast) {
    if (a.nextOffset() != b.nextOffset()) {
      return a.nextOffset() < b.nextOffset() ? b : a;
    }
    return isPast.test(a) ? a : b;
  }

  /** Sweeps that wait, by the names of their domains. Version 0.1 had no epoch in the name. */
  private Map<String, PendingSweep> read(Map<String, String> domains) {
    Map<String, PendingSweep> sweeps = new HashMap<>();
    domains.forEach(
        (name, value) -> {
          if (name.startsWith(prefix())) {
            sweeps.put(name, sweep(name, value));
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
        + encoded(table.name())
        + "/"
        + sweep.below().epoch();
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
        .put("micros", sweep.micros())
        .toString();
  }

  private static PendingSweep sweep(String name, String value) {
    try {
      JsonNode node = JSON.readTree(value);
      return new PendingSweep(
          new TableId(node.path("schema").textValue(), node.path("table").textValue()),
          node.path("topic").textValue(),
          new Position(node.path("epoch").intValue(), node.path("lsn").longValue(), 0),
          node.path("micros").longValue());
    } catch (JsonProcessingException e) {
      throw new FatalException(
          "The metadata domain " + name + " is not one that this sink wrote: " + value, e);
    }
  }
}
