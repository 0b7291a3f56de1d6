// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.delta.schema.BatchMapping;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.version.SameCells;
import io.lakehousecdc.sink.version.VersionPlanner;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The rows that the changes of a batch tell, in the form that files take, with {@link
 * BatchMapping#KEEP} for values that they leave alone. For one batch; not thread-safe.
 */
final class Outlines {
  private final List<RowChange> changes;
  private final BatchMapping mapping;
  private final Function<RowChange, Object[]> keys;
  private final Object[][] rows;
  private final int[] tracked;
  private final int[] untracked;

  /**
   * @param keys the key of a change in the form that files take
   */
  Outlines(
      TableBatch batch,
      HistoryOptions options,
      TableShape shape,
      BatchMapping mapping,
      Function<RowChange, Object[]> keys) {
    this.changes = batch.changes();
    this.mapping = mapping;
    this.keys = keys;
    this.rows = new Object[changes.size()][];
    int[] columns = VersionPlanner.tracked(batch, options);
    this.tracked = places(columns, batch, shape);
    Set<Integer> others = Arrays.stream(columns).boxed().collect(Collectors.toSet());
    others.addAll(batch.schema().keyColumns());
    this.untracked =
        places(
            IntStream.range(0, batch.schema().size()).filter(i -> !others.contains(i)).toArray(),
            batch,
            shape);
  }

  private static int[] places(int[] columns, TableBatch batch, TableShape shape) {
    return Arrays.stream(columns)
        .map(column -> shape.place(batch.schema().column(column).name()))
        .toArray();
  }

  /** The row of a change; not to be modified. */
  Object[] of(int number) {
    if (rows[number] == null) {
      rows[number] = of(number, changes.get(number).cells());
    }
    return rows[number];
  }

  /**
   * The row of a change that has got other cells; a new array.
   *
   * @param cells may be null
   */
  Object[] of(int number, Object[] cells) {
    RowChange change = changes.get(number);
    return mapping.row(cells, change.key(), keys.apply(change));
  }

  /** Whether a change leaves a stored row as it is, by the columns that make versions. */
  boolean leaves(int number, Object[] stored) {
    if (changes.get(number) instanceof RowChange.Delete) {
      return false;
    }
    Object[] row = of(number);
    for (int place : tracked) {
      if (row[place] != BatchMapping.KEEP && !isSame(stored[place], row[place])) {
        return false;
      }
    }
    return true;
  }

  /** Puts the values that a change has of columns which make no versions into a row. */
  void update(Object[] row, int number) {
    Object[] later = of(number);
    for (int place : untracked) {
      row[place] = later[place] == BatchMapping.KEEP ? row[place] : later[place];
    }
  }

  /** A narrower number may be written to a column, and is read as one of the column's type. */
  private static boolean isSame(Object stored, Object written) {
    if (isInteger(stored) && isInteger(written)) {
      return ((Number) stored).longValue() == ((Number) written).longValue();
    }
    return SameCells.isSame(new int[] {0}, new Object[] {stored}, new Object[] {written});
  }

  private static boolean isInteger(Object value) {
    return value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte;
  }
}
