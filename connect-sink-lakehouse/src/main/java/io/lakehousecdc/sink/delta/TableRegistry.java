// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.snapshot.TablePaths;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The tables that a connector has written to, with the topics that feed them. A task opens those
 * that its own topics feed. Immutable.
 *
 * <p>As text it is a list of lists: schema, name, topics. Version 0.1 wrote no topics, and leaves
 * out those that it finds when it adds a table: such a table may hold anything, whatever the topic.
 */
final class TableRegistry {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** No tables. */
  static final TableRegistry EMPTY = new TableRegistry(Map.of());

  private final Map<TableId, Set<String>> topics;

  private TableRegistry(Map<TableId, Set<String>> topics) {
    this.topics = topics;
  }

  /**
   * Reads a text. Leaves out tables that there cannot be: version 0.1 remembered a table before it
   * looked whether it can be written.
   */
  static TableRegistry parse(String text) throws JsonProcessingException {
    Map<TableId, Set<String>> topics = new LinkedHashMap<>();
    for (List<String> each : JSON.readValue(text, new TypeReference<List<List<String>>>() {})) {
      TableId id = new TableId(each.get(0), each.get(1));
      if (TablePaths.refusal(id).isEmpty()) {
        topics.put(id, new TreeSet<>(each.subList(2, each.size())));
      }
    }
    return new TableRegistry(topics);
  }

  String text() {
    List<List<String>> all = new ArrayList<>();
    topics.forEach(
        (table, feeding) -> {
          List<String> each = new ArrayList<>(List.of(table.schema(), table.name()));
          each.addAll(feeding);
          all.add(each);
        });
    try {
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Lists of strings are valid JSON", e);
    }
  }

  Set<TableId> tables() {
    return topics.keySet();
  }

  /** Tables that may hold anything of partitions of these topics. */
  Set<TableId> fedBy(Set<String> wanted) {
    return topics.entrySet().stream()
        .filter(
            table ->
                table.getValue().isEmpty() || table.getValue().stream().anyMatch(wanted::contains))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** Whether it tells already that these topics feed these tables. */
  boolean contains(Map<TableId, Set<String>> feeding) {
    return feeding.entrySet().stream()
        .allMatch(
            each -> {
              Set<String> known = topics.get(each.getKey());
              return known != null && (known.isEmpty() || known.containsAll(each.getValue()));
            });
  }

  /** With more tables, or topics. A table that may be fed by any topic stays so. */
  TableRegistry with(Map<TableId, Set<String>> feeding) {
    Map<TableId, Set<String>> more = new LinkedHashMap<>(topics);
    feeding.forEach(
        (table, added) -> {
          Set<String> known = more.get(table);
          if (known == null) {
            more.put(table, new TreeSet<>(added));
          } else if (!known.isEmpty()) {
            Set<String> union = new TreeSet<>(known);
            union.addAll(added);
            more.put(table, union);
          }
        });
    return new TableRegistry(more);
  }
}
