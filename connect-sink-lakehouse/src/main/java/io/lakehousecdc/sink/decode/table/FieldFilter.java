// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import java.util.Set;

/**
 * Which columns reach the target ({@code field.include.list}, {@code field.exclude.list}). Key
 * columns always do. Immutable.
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
   * Each list names columns, comma-separated: {@code schema.table.column} for one table (by its
   * name at the source), {@code column} for every table. Either may be null or blank.
   *
   * @throws IllegalArgumentException with a message for the user, where both are given
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

  boolean keeps(SourceTable table, String column) {
    return included.isEmpty() ? !names(excluded, table, column) : names(included, table, column);
  }

  private static boolean names(Set<String> list, SourceTable table, String column) {
    return list.contains(column) || list.contains(table + "." + column);
  }
}
