// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The partitioning of a table: how its rows are spread over its files. All rows of a file agree in
 * the partition columns; their values are in the log, and the file holds the other columns only.
 * Immutable.
 */
public final class Partitioning {
  private final List<DeltaColumn> columns;
  private final int[] shared;
  private final int[] stored;

  /**
   * @param columns all columns of the table
   * @param partitionColumns display names of those that partition it
   */
  Partitioning(List<DeltaColumn> columns, List<String> partitionColumns) {
    this.columns = List.copyOf(columns);
    Set<String> names = Set.copyOf(partitionColumns);
    this.shared = places(name -> names.contains(name));
    this.stored = places(name -> !names.contains(name));
  }

  private int[] places(Predicate<String> wanted) {
    return IntStream.range(0, columns.size())
        .filter(place -> wanted.test(columns.get(place).name()))
        .toArray();
  }

  /** Columns that files hold, in table order. */
  public List<DeltaColumn> storedColumns() {
    return IntStream.of(stored).mapToObj(columns::get).toList();
  }

  /** The part of a row that its file holds, aligned to {@link #storedColumns()}. */
  public Object[] stored(Object[] row) {
    if (shared.length == 0) {
      return row;
    }
    Object[] cells = new Object[stored.length];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = row[stored[i]];
    }
    return cells;
  }

  /**
   * The partition of a row, as the log writes it: texts by physical column name, null for NULL.
   *
   * @throws IllegalArgumentException a value cannot partition a table; names the column
   */
  public Map<String, String> of(Object[] row) {
    if (shared.length == 0) {
      return Map.of();
    }
    Map<String, String> values = new HashMap<>();
    for (int place : shared) {
      DeltaColumn column = columns.get(place);
      try {
        values.put(column.physicalName(), PartitionValues.text(column.type(), row[place]));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "column "
                + column.name()
                + " partitions the table and cannot hold this value: "
                + e.getMessage(),
            e);
      }
    }
    return values;
  }

  /**
   * Rows by their partition, each in their order.
   *
   * @param values the values of a row, aligned to the table's columns
   */
  public <R> Map<Map<String, String>, List<R>> split(List<R> rows, Function<R, Object[]> values) {
    if (shared.length == 0) {
      return Map.of(Map.of(), rows);
    }
    Map<Map<String, String>, List<R>> parts = new LinkedHashMap<>();
    for (R row : rows) {
      parts.computeIfAbsent(of(values.apply(row)), partition -> new ArrayList<>()).add(row);
    }
    return parts;
  }
}
