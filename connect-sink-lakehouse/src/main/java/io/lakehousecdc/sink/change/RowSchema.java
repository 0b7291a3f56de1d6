// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The columns of a table's rows, in order, and which of them form the key. Immutable. Decoders hand
 * out one instance per source schema, so that identity is a quick first test of equality.
 */
public final class RowSchema {
  private final List<Column> columns;
  private final List<Integer> keyColumns;
  private final Map<String, Integer> positions;
  private final String sourceTable;

  /**
   * A schema of rows that may leave columns of their table out.
   *
   * @param columns all columns; names are unique
   * @param keyColumns indexes of the key columns in key order; empty where the table has no key
   */
  public RowSchema(List<Column> columns, List<Integer> keyColumns) {
    this(columns, keyColumns, null);
  }

  /**
   * @param columns all columns; names are unique
   * @param keyColumns indexes of the key columns in key order; empty where the table has no key
   * @param sourceTable the source's table, where these are all columns that it had at the time of
   *     the change (apart from those that settings filter); null where rows may leave columns out
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

  public boolean hasKey() {
    return !keyColumns.isEmpty();
  }

  /**
   * The source's table, where these were all of its columns. It says where rows come from, not what
   * they are: no part of equality.
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
