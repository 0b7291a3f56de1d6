// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline.transaction;

import io.lakehousecdc.sink.change.SourcePartition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The partitions that bring the changes of a source's tables: those of the topic that Debezium
 * names after a table, and of topics that have brought changes of it. Not thread-safe.
 */
final class Feeds {
  /** Where Debezium counts logical messages, which change no table. */
  static final String MESSAGES = "LOGICAL_DECODING_MESSAGE";

  private final String source;
  private final AssemblyOptions options;
  private final Map<String, Set<String>> seen = new HashMap<>();
  private final Map<String, Set<SourcePartition>> known = new HashMap<>();
  private Set<SourcePartition> assigned = Set.of();

  Feeds(String source, AssemblyOptions options) {
    this.source = source;
    this.options = options;
  }

  void assigned(Set<SourcePartition> partitions) {
    assigned = Set.copyOf(partitions);
    known.clear();
  }

  /** A change of a table has come from a topic. */
  void saw(String table, String topic) {
    Set<String> topics = seen.get(table);
    if (topics == null || !topics.contains(topic)) {
      seen.computeIfAbsent(table, name -> new HashSet<>()).add(topic);
      known.clear();
    }
  }

  /** Partitions of a table; empty where none is assigned. */
  Set<SourcePartition> of(String table) {
    return known.computeIfAbsent(
        table,
        name ->
            assigned.stream()
                .filter(
                    each ->
                        each.topic().equals(topicOf(name))
                            || seen.getOrDefault(name, Set.of()).contains(each.topic()))
                .collect(Collectors.toSet()));
  }

  /** Partitions of all tables of the source. */
  Set<SourcePartition> all() {
    Set<String> topics = new HashSet<>();
    seen.values().forEach(topics::addAll);
    return assigned.stream()
        .filter(each -> topics.contains(each.topic()) || each.topic().startsWith(source + "."))
        .collect(Collectors.toSet());
  }

  /** Whether changes of a table are read, or will be. */
  boolean bring(String table) {
    return !table.equals(MESSAGES)
        && (!of(table).isEmpty()
            || options.tables().contains(table)
            || options.topics().contains(topicOf(table)));
  }

  /** As Debezium names it, which replaces what a topic's name cannot have. */
  private String topicOf(String table) {
    return source + "." + table.replaceAll("[^a-zA-Z0-9._\\-]", "_");
  }
}
