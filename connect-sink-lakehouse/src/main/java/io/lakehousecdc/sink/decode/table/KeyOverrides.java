// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.lakehousecdc.sink.change.TableId;
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
    return new KeyOverrides(ColumnLists.parse("key.columns", text));
  }

  /** Key columns of a table in key order; empty if its record key applies. */
  public List<String> columns(SourceTable source, TableId target) {
    List<String> bySource = columns.get(source.toString());
    return bySource != null ? bySource : columns.getOrDefault(target.toString(), List.of());
  }
}
