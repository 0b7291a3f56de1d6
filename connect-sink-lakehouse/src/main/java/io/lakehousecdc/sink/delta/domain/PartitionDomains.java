// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.domain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.lakehousecdc.order.StreamState;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PartitionStateText;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The format of the sink's metadata domains: one domain for each connector, topic and partition, so
 * that only owners of the same partition conflict; and one for each table, which tells the columns
 * of the source.
 */
public final class PartitionDomains {
  private static final String PREFIX = "lakehousecdc.offsets.";
  private static final String COLUMNS = "lakehousecdc.columns";

  private PartitionDomains() {}

  /**
   * A partition's state in a table.
   *
   * @param state state after the last commit of the partition that touched the table
   * @param writer identity of the target that wrote it
   * @param complete whether that commit touched this table alone, so that this is the state of the
   *     partition as a whole
   * @param tables in the table of offsets: next offset of each table that the partition ever
   *     touched; empty elsewhere
   */
  public record Entry(
      PartitionState state, String writer, boolean complete, Map<String, Long> tables) {}

  /** Name of the domain of a partition. */
  public static String name(String connector, SourcePartition partition) {
    return prefix(connector)
        + URLEncoder.encode(partition.topic(), StandardCharsets.UTF_8)
        + "/"
        + partition.partition();
  }

  /** All partitions of a connector among a table's domains. */
  public static Map<SourcePartition, Entry> entries(String connector, Map<String, String> domains) {
    Map<SourcePartition, Entry> entries = new HashMap<>();
    domains.forEach(
        (name, value) -> {
          if (name.startsWith(prefix(connector))) {
            JsonNode node = DomainJson.parse(name, value);
            entries.put(partition(node), entry(node));
          }
        });
    return entries;
  }

  /** Entry of a partition, or null. */
  public static Entry entry(
      String connector, SourcePartition partition, Map<String, String> domains) {
    String name = name(connector, partition);
    String value = domains.get(name);
    return value == null ? null : entry(DomainJson.parse(name, value));
  }

  /** Adds the domain of a partition to those that a commit sets. */
  public static void put(
      Map<String, Optional<String>> domains,
      String connector,
      SourcePartition partition,
      Entry entry) {
    domains.put(name(connector, partition), Optional.of(text(partition, entry)));
  }

  /** The text, with what version 0.1 reads beside the whole state. */
  private static String text(SourcePartition partition, Entry entry) {
    PartitionState state = entry.state();
    StreamState latest = state.latest();
    ObjectNode node =
        DomainJson.MAPPER
            .createObjectNode()
            .put("topic", partition.topic())
            .put("partition", partition.partition())
            .put("nextOffset", state.nextOffset());
    DomainJson.put(node, latest.highWater())
        .put("snapshotLsn", latest.snapshotLsn())
        .put("completedSnapshotLsn", latest.completedSnapshotLsn())
        .put("latestCommitMicros", latest.latestCommitMicros())
        .put("writer", entry.writer())
        .put("complete", entry.complete());
    if (!entry.tables().isEmpty()) {
      ObjectNode tables = node.putObject("tables");
      new TreeMap<>(entry.tables()).forEach(tables::put);
    }
    node.putRawValue("state", new RawValue(PartitionStateText.of(state)));
    return node.toString();
  }

  /** Whether the sink keeps anything among a table's domains. */
  public static boolean holdsAny(Map<String, String> domains) {
    return domains.keySet().stream().anyMatch(PartitionDomains::followsRows);
  }

  /**
   * What makes the domains fit rows of an older version. Histories stay: their sources have them,
   * whatever rows the table has. A partition that this version did not know is read from the
   * beginning: without a domain it would go on from Kafka's offset.
   *
   * @param now domains as they are
   * @param then domains of the older version
   * @return values to set or, where empty, domains to remove
   */
  public static Map<String, Optional<String>> restored(
      Map<String, String> now, Map<String, String> then) {
    Map<String, Optional<String>> changes = new HashMap<>();
    then.forEach(
        (name, value) -> {
          if (followsRows(name) && !value.equals(now.get(name))) {
            changes.put(name, Optional.of(value));
          }
        });
    now.forEach(
        (name, value) -> {
          if (followsRows(name) && !then.containsKey(name)) {
            changes.put(
                name,
                name.startsWith(PREFIX)
                    ? Optional.of(unread(DomainJson.parse(name, value)))
                    : Optional.empty());
          }
        });
    return changes;
  }

  private static boolean followsRows(String name) {
    return name.startsWith(PREFIX) || name.equals(RememberedFloors.NAME) || name.equals(COLUMNS);
  }

  private static String unread(JsonNode node) {
    Entry entry = entry(node);
    return text(partition(node), new Entry(PartitionState.FRESH, entry.writer(), true, Map.of()));
  }

  private static SourcePartition partition(JsonNode node) {
    return new SourcePartition(node.path("topic").textValue(), node.path("partition").intValue());
  }

  /** Name of the domain that tells which columns the table's source has and had. */
  public static String columnsName() {
    return COLUMNS;
  }

  private static String prefix(String connector) {
    return PREFIX + URLEncoder.encode(connector, StandardCharsets.UTF_8) + "/";
  }

  private static Entry entry(JsonNode node) {
    Map<String, Long> tables = new HashMap<>();
    node.path("tables")
        .fields()
        .forEachRemaining(t -> tables.put(t.getKey(), t.getValue().longValue()));
    return new Entry(
        state(node), node.path("writer").asText(""), node.path("complete").booleanValue(), tables);
  }

  private static PartitionState state(JsonNode node) {
    JsonNode state = node.path("state");
    return state.isMissingNode()
        ? new PartitionState(
            node.path("nextOffset").longValue(),
            DomainJson.position(node),
            node.path("snapshotLsn").longValue(),
            node.path("completedSnapshotLsn").longValue(),
            node.path("latestCommitMicros").longValue())
        : PartitionStateText.parse(state.toString());
  }
}
