// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The schema of a table's rows: the columns in order, and which of them form the key. Immutable.
 * Decoders return one instance per source schema, so a comparison by identity is a fast first test
 * of equality.
 */
public final class RowSchema {
  private final List<Column> columns;
  private final List<Integer> keyColumns;
  private final Map<String, Integer> positions;
  private final String sourceTable;

  /**
   * A schema of rows that may lack columns of the source table.
   *
   * @param columns all columns; names are unique
   * @param keyColumns indexes of the key columns in key order; empty where the table has no key
   */
  public RowSchema(List<Column> columns, List<Integer> keyColumns) {
    this(columns, keyColumns, null);
  }

  /**
   * A schema of rows that may hold all columns of the source table.
   *
   * @param columns all columns; names are unique
   * @param keyColumns indexes of the key columns in key order; empty where the table has no key
   * @param sourceTable name of the source table, if {@code columns} are all columns that it had at
   *     the time of the change, except those that settings filter out; null if rows may lack
   *     columns
   */
  public RowSchema(List<Column> columns, List<Integer> keyColumns, String sourceTable) {
    this.sourceTable = sourceTable;
    this.columns = List.copyOf(columns);
    this.keyColumns = List.copyOf(keyColumns);
    this.positions = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      if (positions.put(columns.get(i).name(), i) != null) {
        throw new IllegalArgumentException("Two columns are named " + columns.get(i).name());
      }
    }
    for (int index : keyColumns) {
      if (index < 0 || index >= columns.size()) {
        throw new IllegalArgumentException("No column at key index " + index);
      }
    }
  }

  public List<Column> columns() {
    return columns;
  }

  public Column column(int index) {
    return columns.get(index);
  }

  public int size() {
    return columns.size();
  }

  /** Indexes of the key columns, in key order. */
  public List<Integer> keyColumns() {
    return keyColumns;
  }

  /** Names of the key columns in key order, for messages. */
  public List<String> keyNames() {
    return keyColumns.stream().map(index -> columns.get(index).name()).toList();
  }

  public boolean hasKey() {
    return !keyColumns.isEmpty();
  }

  /**
   * Name of the source table, if these are all of its columns; else empty. Two schemas that differ
   * only in it are equal.
   */
  public Optional<String> sourceTable() {
    return Optional.ofNullable(sourceTable);
  }

  /** Index of the named column, or -1. */
  public int indexOf(String name) {
    return positions.getOrDefault(name, -1);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof RowSchema that
            && columns.equals(that.columns)
            && keyColumns.equals(that.keyColumns);
  }

  @Override
  public int hashCode() {
    return 31 * columns.hashCode() + keyColumns.hashCode();
  }

  @Override
  public String toString() {
    return "RowSchema" + columns + " key " + keyColumns;
  }
}
