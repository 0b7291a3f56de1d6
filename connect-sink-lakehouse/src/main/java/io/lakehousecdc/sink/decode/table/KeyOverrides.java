// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.lakehousecdc.sink.change.TableId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The key columns that replace the record key, by table ({@code key.columns}). Immutable. */
public final class KeyOverrides {
  /** No overrides: the record key is the key of every table. */
  public static final KeyOverrides NONE = new KeyOverrides(Map.of());

  private final Map<String, List<String>> columns;

  private KeyOverrides(Map<String, List<String>> columns) {
    this.columns = Map.copyOf(columns);
  }

  /**
   * Parses the setting.
   *
   * @param text {@code schema.table:column,column;…}, a table by its name at the source or in the
   *     target; may be null or blank
   * @throws IllegalArgumentException with a message for the user, if it is malformed
   */
  public static KeyOverrides parse(String text) {
    Map<String, List<String>> overrides = new LinkedHashMap<>();
    for (String entry : SettingList.split(text, ";")) {
      int colon = entry.indexOf(':');
      String table = colon < 0 ? "" : entry.substring(0, colon).strip();
      List<String> names =
          colon < 0 ? List.of() : SettingList.split(entry.substring(colon + 1), ",");
      if (table.isEmpty() || names.isEmpty()) {
        throw new IllegalArgumentException(
            "key.columns: '%s' is not <schema>.<table>:<column>,<column>.".formatted(entry));
      }
      if (names.stream().distinct().count() != names.size()) {
        throw new IllegalArgumentException(
            "key.columns: a column is named twice in '%s'.".formatted(entry));
      }
      if (overrides.put(table, names) != null) {
        throw new IllegalArgumentException(
            "key.columns: the table %s is named twice.".formatted(table));
      }
    }
    return new KeyOverrides(overrides);
  }

  /** Key columns of a table in key order; empty if its record key applies. */
  List<String> columns(SourceTable source, TableId target) {
    List<String> bySource = columns.get(source.toString());
    return bySource != null ? bySource : columns.getOrDefault(target.toString(), List.of());
  }
}
