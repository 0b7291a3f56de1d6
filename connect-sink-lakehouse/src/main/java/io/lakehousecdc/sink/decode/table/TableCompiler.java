// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.decode.type.DecodeException;
import java.util.ArrayList;
import java.util.List;

/**
 * The compiler of {@link TableReader}s. The key consists of the record key's columns or, for a
 * table in {@code key.columns}, of the columns named there. Their values come from the record key
 * if it has all of them, and from the row otherwise.
 */
final class TableCompiler {
  private final Layout row;
  private final Layout key;
  private final List<String> overrides;
  private final List<String> recordKey;
  private final boolean takesKeyFromRow;
  private final String sourceTable;
  private final List<Column> columns = new ArrayList<>();
  private final List<ColumnReader> rowReaders = new ArrayList<>();
  private final List<ColumnReader> keyReaders = new ArrayList<>();
  private final List<Integer> keyColumns = new ArrayList<>();

  private TableCompiler(Layout row, Layout key, List<String> overrides, String sourceTable) {
    this.sourceTable = sourceTable;
    this.row = row;
    this.key = key;
    this.overrides = overrides;
    recordKey = key == null ? List.of() : recordKeyColumns(key, overrides);
    takesKeyFromRow = !recordKey.containsAll(overrides);
  }

  /**
   * Compiles a reader.
   *
   * @param row layout of rows; null if only the key is known
   * @param names columns of the row to read; key columns are always read
   * @param key layout of record keys; null if records have none
   * @param overrides {@code key.columns} of the table; empty if the record key applies
   * @param sourceTable name of the source table, if rows have all of its columns; else null
   * @param columnCase the case that the target's columns have; all other names are the source's
   * @throws DecodeException if the key columns cannot be determined
   */
  static TableReader compile(
      TableId table,
      Layout row,
      List<String> names,
      Layout key,
      List<String> overrides,
      String sourceTable,
      ColumnCase columnCase,
      Placeholders placeholders) {
    return new TableCompiler(row, key, overrides, sourceTable)
        .compile(table, names, columnCase, placeholders);
  }

  private TableReader compile(
      TableId table, List<String> names, ColumnCase columnCase, Placeholders placeholders) {
    List<String> keyNames = overrides.isEmpty() ? recordKey : overrides;
    if (row != null) {
      for (String name : row.names()) {
        boolean isKey = keyNames.contains(name);
        if (isKey && !takesKeyFromRow) {
          addToRow(ColumnReader.ofKey(row, name));
        } else if (isKey || names.contains(name)) {
          addToRow(ColumnReader.of(row, name, placeholders));
        }
      }
    }
    for (String name : keyNames) {
      addToKey(name);
    }
    RowSchema schema = new RowSchema(columns, keyColumns, sourceTable);
    return new TableReader(
        table,
        columnCase.of(schema),
        rowReaders,
        keys(schema),
        row == null ? null : OldRow.of(row, names, key, recordKey, overrides),
        DoubtfulNulls.of(row, schema));
  }

  private void addToRow(ColumnReader reader) {
    rowReaders.add(reader);
    columns.add(reader.column());
  }

  private void addToKey(String name) {
    int index = columns.stream().map(Column::name).toList().indexOf(name);
    if (takesKeyFromRow) {
      if (index < 0) {
        throw new DecodeException(
            "key.columns names the column %s, which the record does not have. It has %s."
                .formatted(name, columns.stream().map(Column::name).toList()));
      }
    } else {
      ColumnReader reader = ColumnReader.ofKey(key, name);
      if (index < 0) {
        index = columns.size();
        columns.add(reader.column());
      } else if (reader.column().type() == Primitive.UNTYPED) {
        reader = reader.as(columns.get(index));
      }
      keyReaders.add(reader);
    }
    keyColumns.add(index);
  }

  private RowKeys keys(RowSchema schema) {
    if (takesKeyFromRow) {
      return new RowKeys.FromRow(schema);
    }
    return keyReaders.isEmpty()
        ? new RowKeys.None()
        : new RowKeys.FromRecord(keyReaders.toArray(ColumnReader[]::new));
  }

  /** Columns in a record key; a plain value is the value of an override's only column. */
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
}
