// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.removal;

import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.tools.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keys of a Delta table, as they are compared with rows of its files. Immutable.
 *
 * @param columns the columns of the key, in the order of its text
 */
public record DeltaKeys(List<DeltaColumn> columns) {

  /**
   * Keys of these columns.
   *
   * @throws UsageException the table lacks one of them
   */
  public static DeltaKeys of(TableShape shape, List<String> names) {
    List<DeltaColumn> columns = new ArrayList<>();
    for (String name : names) {
      if (shape.place(name) < 0) {
        throw new UsageException("The table has no column " + name + ".");
      }
      columns.add(shape.columns().get(shape.place(name)));
    }
    return new DeltaKeys(List.copyOf(columns));
  }

  /**
   * A key in the form that compares.
   *
   * @throws UsageException a text is no value of its column; does not quote it
   */
  public List<Object> of(KeyText key) {
    List<Object> values = new ArrayList<>();
    for (DeltaColumn column : columns) {
      String text = key.columns().get(nameIn(key, column));
      try {
        values.add(CellText.value(column.type(), text));
      } catch (IllegalArgumentException e) {
        throw new UsageException(
            "Key column " + column.name() + ": " + e.getMessage() + ", as PostgreSQL writes it.");
      }
    }
    return values;
  }

  private static String nameIn(KeyText key, DeltaColumn column) {
    return key.names().stream()
        .filter(column.name()::equalsIgnoreCase)
        .findFirst()
        .orElseThrow(() -> new UsageException("A key lacks the column " + column.name() + "."));
  }

  /** The key of a row whose first cells are those of {@link #columns}. */
  public List<Object> of(Object[] row) {
    return Arrays.asList(
        Arrays.stream(row).limit(columns.size()).map(CellText::comparable).toArray());
  }
}
