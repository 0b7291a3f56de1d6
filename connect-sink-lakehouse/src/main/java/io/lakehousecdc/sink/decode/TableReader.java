package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the rows and keys of one table, in one layout, into cells. Compiled once per table and
 * layout of row and key.
 */
final class TableReader {
  private final TableId table;
  private final RowSchema schema;
  private final ColumnReader[] columns;
  private final RowKeys keys;
  private final OldRow oldRow;
  private final int[] withoutPlaceholder;

  private TableReader(
      TableId table,
      RowSchema schema,
      ColumnReader[] columns,
      RowKeys keys,
      OldRow oldRow,
      int[] withoutPlaceholder) {
    this.table = table;
    this.schema = schema;
    this.columns = columns;
    this.keys = keys;
    this.oldRow = oldRow;
    this.withoutPlaceholder = withoutPlaceholder;
  }

  /**
   * @param row layout of rows; null where only the key is known
   * @param names columns of the row to read
   * @param key layout of record keys; null where records have none
   * @param overrides {@code key.columns} of the table; empty where the record key applies
   * @throws DecodeException where the key columns cannot be told
   */
  static TableReader compile(
      TableId table,
      Layout row,
      List<String> names,
      Layout key,
      List<String> overrides,
      Placeholders placeholders) {
    List<String> recordKey = key == null ? List.of() : recordKeyColumns(key, overrides);
    boolean fromRow = !recordKey.containsAll(overrides);
    List<String> keyNames = overrides.isEmpty() ? recordKey : overrides;
    List<Column> schemaColumns = new ArrayList<>();
    List<ColumnReader> readers = new ArrayList<>();
    List<String> known = new ArrayList<>();
    if (row != null) {
      for (String name : row.names()) {
        if (names.contains(name) || keyNames.contains(name)) {
          ColumnReader reader =
              keyNames.contains(name) && !fromRow
                  ? ColumnReader.ofKey(row, name)
                  : ColumnReader.of(row, name, placeholders);
          readers.add(reader);
          schemaColumns.add(reader.column());
          known.add(name);
        }
      }
    }
    List<Integer> keyColumns = new ArrayList<>();
    ColumnReader[] keyReaders = new ColumnReader[keyNames.size()];
    for (int i = 0; i < keyReaders.length; i++) {
      String name = keyNames.get(i);
      int index = known.indexOf(name);
      if (fromRow) {
        if (index < 0) {
          throw new DecodeException(
              "key.columns names the column %s, which the record does not have. It has %s."
                  .formatted(name, known));
        }
      } else {
        keyReaders[i] = ColumnReader.ofKey(key, name);
        if (index < 0) {
          index = schemaColumns.size();
          schemaColumns.add(keyReaders[i].column());
          known.add(name);
        } else if (keyReaders[i].column().type() == Primitive.UNTYPED) {
          keyReaders[i] = keyReaders[i].as(schemaColumns.get(index));
        }
      }
      keyColumns.add(index);
    }
    RowSchema schema = new RowSchema(schemaColumns, keyColumns);
    RowKeys keys =
        fromRow
            ? new RowKeys.FromRow(schema)
            : keyReaders.length == 0 ? new RowKeys.None() : new RowKeys.FromRecord(keyReaders);
    OldRow oldRow = row == null ? null : OldRow.of(row, recordKey, fromRow ? overrides : List.of());
    return new TableReader(
        table,
        schema,
        readers.toArray(ColumnReader[]::new),
        keys,
        oldRow,
        withoutPlaceholder(row, schema));
  }

  /** Columns for which Debezium has no placeholder. */
  private static int[] withoutPlaceholder(Layout row, RowSchema schema) {
    if (!(row instanceof Layout.OfStruct struct)) {
      return new int[0];
    }
    return struct.schema().fields().stream()
        .filter(field -> Placeholders.areMissingFor(field.schema()))
        .mapToInt(field -> schema.indexOf(field.name()))
        .filter(index -> index >= 0)
        .toArray();
  }

  /** Columns that a record key holds. */
  private static List<String> recordKeyColumns(Layout key, List<String> overrides) {
    if (!(key instanceof Layout.OfScalar)) {
      return key.names();
    }
    if (overrides.isEmpty()) {
      throw new DecodeException(
          "The record key is one plain value, which does not say what column it is. Name it:"
              + " key.columns=<table>:<column>. Or keep the key's structure (no ExtractField$Key,"
              + " no StringConverter).");
    }
    return overrides.size() == 1 ? overrides : List.of();
  }

  TableId table() {
    return table;
  }

  RowSchema schema() {
    return schema;
  }

  boolean hasKey() {
    return schema.hasKey();
  }

  /** Whether the key's values are in the row alone. */
  boolean takesKeyFromRow() {
    return keys instanceof RowKeys.FromRow;
  }

  /** Key of a record, with the cells of its row where they are known to be real. */
  RowKey key(Object recordKey, Object[] cells) {
    return keys.of(recordKey, cells);
  }

  /** Cells of a row; key columns that the row lacks are left null. */
  Object[] cells(Object row) {
    Object[] cells = new Object[schema.size()];
    for (int i = 0; i < columns.length; i++) {
      cells[i] = columns[i].read(row);
    }
    return cells;
  }

  /** Completes the cells of a row with key columns that only the record key has. */
  void complete(Object[] cells, RowKey key) {
    for (int i = columns.length; i < cells.length; i++) {
      cells[i] = key.value(schema.keyColumns().indexOf(i));
    }
  }

  /** Whether {@code before} holds the old row in full, and not what Debezium made up. */
  boolean isReal(Object before) {
    return !hasKey() || oldRow.isFull(before);
  }

  /** Whether {@code before} holds the columns that the key is taken from. */
  boolean holdsKey(Object before) {
    return isReal(before) || oldRow.holdsOverrides(before);
  }

  /** Warns of nulls, after an update without the old row, that may stand for untouched values. */
  void warnOfUnknownNulls(Object[] cells, Warnings warnings) {
    for (int index : withoutPlaceholder) {
      if (cells[index] == null) {
        warnings.unknownNull(table, schema.column(index).name());
      }
    }
  }
}
