// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.delta.kernel.types.StringType;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SchemalessTime;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RecordException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** The mapping of a batch's rows to the shape of a table, cell by cell. */
public final class BatchMapping {

  /** The placeholder in a row for a stored value that is to be kept. Compared by identity. */
  public static final Object KEEP = new Object();

  private final TableId table;
  private final RowSchema schema;
  private final TableShape shape;
  private final int[] places;
  private final CellConverter[] converters;
  private final int[] keyIndexes;
  private final int[] keyPlaces;
  private final int[] required;

  /**
   * @param time unit of numbers that stand for times in values without a type
   */
  public BatchMapping(TableBatch batch, TableShape shape, SchemalessTime time) {
    this.table = batch.table();
    this.schema = batch.schema();
    this.shape = shape;
    this.places = new int[schema.size()];
    this.converters = new CellConverter[schema.size()];
    for (int i = 0; i < places.length; i++) {
      Column column = schema.column(i);
      places[i] = shape.place(column.name());
      if (places[i] < 0) {
        throw new FatalException("Table " + table + " has no column " + column.name());
      }
      DeltaColumn stored = shape.columns().get(places[i]);
      converters[i] =
          CellConverters.of(column.type(), stored.type(), time)
              .orElseThrow(
                  () ->
                      new FatalException(
                          "Table "
                              + table
                              + ": column "
                              + column.name()
                              + " is stored as "
                              + stored.type()
                              + " and cannot hold "
                              + column.type()
                              + ". Change the column's type, exclude the field, or give the table"
                              + " another name and snapshot it anew."));
    }
    this.keyIndexes = schema.keyColumns().stream().mapToInt(index -> index).toArray();
    this.keyPlaces = Arrays.stream(keyIndexes).map(index -> places[index]).toArray();
    this.required =
        IntStream.range(0, shape.size())
            .filter(place -> !shape.columns().get(place).nullable())
            .toArray();
  }

  /** Names of the key columns, in key order. */
  public List<String> keyNames() {
    List<String> names = new ArrayList<>();
    schema.keyColumns().forEach(index -> names.add(schema.column(index).name()));
    return names;
  }

  /**
   * Key columns, from 0 in key order, whose numbers are stored as text, with as many zeros at the
   * end as the source shows. To the source 1.0 and 1.00 are the same key.
   */
  public Set<Integer> numbersAsText() {
    Set<Integer> numbers = new HashSet<>();
    for (int i = 0; i < keyPlaces.length; i++) {
      LogicalType type = schema.column(keyIndexes[i]).type();
      boolean number = type == LogicalType.Primitive.NUMERIC || type instanceof LogicalType.Decimal;
      if (number && shape.columns().get(keyPlaces[i]).type() instanceof StringType) {
        numbers.add(i);
      }
    }
    return numbers;
  }

  /** A key's values in the form that files take. */
  public Object[] key(RowKey key) {
    Object[] values = new Object[key.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = convert(keyIndexes[i], key.value(i), key);
    }
    return values;
  }

  /** Places of the key columns in a row, in key order; not to be modified. */
  public int[] keyPlaces() {
    return keyPlaces;
  }

  /**
   * A row of the table made of a change's cells and its key, with {@link #KEEP} in every place that
   * the change says nothing about.
   *
   * @param cells may be null
   */
  public Object[] row(Object[] cells, RowKey key, Object[] keyValues) {
    Object[] row = new Object[shape.size()];
    Arrays.fill(row, KEEP);
    if (cells != null) {
      for (int i = 0; i < cells.length; i++) {
        if (Cell.isKnown(cells[i])) {
          if (row[places[i]] != KEEP) {
            throw twice(i);
          }
          row[places[i]] = convert(i, cells[i], key);
        }
      }
    }
    for (int i = 0; i < keyPlaces.length; i++) {
      row[keyPlaces[i]] = keyValues[i];
    }
    return row;
  }

  /** A column that was renamed within a batch is there twice, too, but never in one row. */
  private FatalException twice(int index) {
    return new FatalException(
        "Table "
            + table
            + ": the source has several columns whose names differ in case only, such as "
            + schema.column(index).name()
            + ". Delta has one column for all of them: rename or leave out the others with the"
            + " transform ReplaceField.");
  }

  /** Names of the columns that the cells leave unchanged (TOAST). */
  public String unchanged(Object[] cells) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < cells.length; i++) {
      if (cells[i] == Cell.UNCHANGED) {
        names.add(schema.column(i).name());
      }
    }
    return String.join(", ", names);
  }

  /** Refuses a row with NULL where the table allows none, or that belongs to no partition. */
  public void requireStorable(Object[] row, RowKey key) {
    for (int i : required) {
      if (row[i] == null) {
        throw new RecordException(
            "Table "
                + table
                + ", key "
                + schema.keyNames()
                + ": column "
                + shape.columns().get(i).name()
                + " may not be NULL",
            table,
            key,
            null);
      }
    }
    try {
      shape.partitioning().of(row);
    } catch (IllegalArgumentException e) {
      throw new RecordException(
          "Table " + table + ", key " + schema.keyNames() + ": " + e.getMessage(), table, key, e);
    }
  }

  private Object convert(int index, Object value, RowKey key) {
    if (value == null) {
      return null;
    }
    try {
      return converters[index].convert(value);
    } catch (IllegalArgumentException e) {
      throw unfit(index, key, e);
    } catch (DateTimeException e) {
      // The parser's message quotes the text.
      throw unfit(index, key, new UnfitValueException("the text is no date or time", value));
    }
  }

  private RecordException unfit(int index, RowKey key, IllegalArgumentException e) {
    return new RecordException(
        "Table "
            + table
            + ", key "
            + schema.keyNames()
            + ", column "
            + schema.column(index).name()
            + ": "
            + e.getMessage(),
        table,
        key,
        e);
  }
}
