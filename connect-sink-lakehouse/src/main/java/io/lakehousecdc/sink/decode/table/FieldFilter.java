// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import java.util.Set;

/**
 * The filter of columns ({@code field.include.list}, {@code field.exclude.list}). Key columns are
 * always written. Immutable.
 */
public final class FieldFilter {
  /** All columns. */
  public static final FieldFilter ALL = new FieldFilter(Set.of(), Set.of());

  private final Set<String> included;
  private final Set<String> excluded;

  private FieldFilter(Set<String> included, Set<String> excluded) {
    this.included = included;
    this.excluded = excluded;
  }

  /**
   * Parses the settings. Each is a comma-separated list of columns: {@code schema.table.column} for
   * one table (by its name at the source), {@code column} for all tables. Both may be null or
   * blank.
   *
   * @throws IllegalArgumentException with a message for the user, if both are given
   */
  public static FieldFilter parse(String include, String exclude) {
    Set<String> included = Set.copyOf(SettingList.split(include, ","));
    Set<String> excluded = Set.copyOf(SettingList.split(exclude, ","));
    if (!included.isEmpty() && !excluded.isEmpty()) {
      throw new IllegalArgumentException(
          "field.include.list and field.exclude.list exclude each other. Set one of them.");
    }
    return new FieldFilter(included, excluded);
  }

  /** Whether a column outside of the key is written. */
  public boolean keeps(SourceTable table, String column) {
    return included.isEmpty() ? !names(excluded, table, column) : names(included, table, column);
  }

  private static boolean names(Set<String> list, SourceTable table, String column) {
    return list.contains(column) || list.contains(table + "." + column);
  }
}
