// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.lakehousecdc.sink.change.TableId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Columns that partition the tables ({@code delta.partition.by}). Immutable.
 *
 * @param columns column names by the name of a target table
 */
public record PartitionBy(Map<String, List<String>> columns) {
  public static final PartitionBy NOTHING = new PartitionBy(Map.of());

  public PartitionBy {
    columns = Map.copyOf(columns);
  }

  /**
   * @param text {@code schema.table:column,column;…}; may be null or blank
   * @throws IllegalArgumentException it is malformed; with a message for the user
   */
  public static PartitionBy parse(String text) {
    Map<String, List<String>> columns = new LinkedHashMap<>();
    for (String entry : split(text, ";")) {
      int colon = entry.indexOf(':');
      String table = colon < 0 ? "" : entry.substring(0, colon).strip();
      List<String> names = colon < 0 ? List.of() : split(entry.substring(colon + 1), ",");
      if (table.isEmpty() || names.isEmpty()) {
        throw new IllegalArgumentException(
            "'" + entry + "' is not <schema>.<table>:<column>,<column>");
      }
      if (names.stream().distinct().count() != names.size()) {
        throw new IllegalArgumentException("a column is named twice in '" + entry + "'");
      }
      if (columns.put(table, names) != null) {
        throw new IllegalArgumentException("the table " + table + " is named twice");
      }
    }
    return new PartitionBy(columns);
  }

  private static List<String> split(String text, String separator) {
    return text == null
        ? List.of()
        : Stream.of(text.split(separator)).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  /** Columns that partition the table, in order; empty where none are named. */
  List<String> of(TableId table) {
    return columns.getOrDefault(table.toString(), List.of());
  }
}
