// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.schema;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.codec.UntypedValues;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.HistoryOptions.HistoryColumns;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The columns that a batch asks of its table: those of its schema, and the metadata columns.
 *
 * @param options how tables are written
 */
record WantedColumns(TableOptions options) {

  /**
   * The batch's columns with the metadata columns. Left out are those that the target generates,
   * and untyped ones that neither the table nor a value gives a type.
   *
   * @param table the table as it is
   * @throws FatalException the source has a column of a metadata column's name
   */
  RowSchema of(TableBatch batch, Optional<PgTable> table) {
    List<Column> columns = new ArrayList<>();
    List<Integer> keys = new ArrayList<>();
    RowSchema schema = batch.schema();
    int[] moved = new int[schema.size()];
    for (int i = 0; i < schema.size(); i++) {
      Column column = schema.column(i);
      Optional<PgColumn> stored = table.flatMap(each -> each.column(column.name()));
      LogicalType type = column.type();
      if (type == Primitive.UNTYPED && stored.isEmpty()) {
        Object value = firstValue(i, batch);
        type = value == null ? null : UntypedValues.infer(value);
      }
      moved[i] = -1;
      if (type != null && !stored.map(PgColumn::generated).orElse(false)) {
        moved[i] = columns.size();
        columns.add(new Column(column.name(), type, column.optional()));
      }
    }
    for (int index : schema.keyColumns()) {
      if (moved[index] >= 0) {
        keys.add(moved[index]);
      }
    }
    for (Column column : options.history().map(WantedColumns::versions).orElse(List.of())) {
      requireUnused(batch, column, "history.column.*");
      if (schema.hasKey() && options.history().get().columns().opened().contains(column.name())) {
        keys.add(columns.size());
      }
      columns.add(column);
    }
    for (Column column : metadata()) {
      requireUnused(batch, column, "metadata.column.*");
      columns.add(column);
    }
    return new RowSchema(columns, keys);
  }

  private static void requireUnused(TableBatch batch, Column column, String settings) {
    if (batch.schema().indexOf(column.name()) >= 0) {
      throw new FatalException(
          "Table "
              + batch.table()
              + ": the source has a column "
              + column.name()
              + " too. Give the sink's column another name with "
              + settings
              + ".");
    }
  }

  /** Columns that tell versions apart. */
  private static List<Column> versions(HistoryOptions history) {
    HistoryColumns names = history.columns();
    return List.of(
        new Column(names.validFrom(), Primitive.TIMESTAMPTZ, false),
        new Column(names.validTo(), Primitive.TIMESTAMPTZ, true),
        new Column(names.current(), Primitive.BOOLEAN, false),
        new Column(names.epoch(), Primitive.INT32, false),
        new Column(names.commitLsn(), Primitive.INT64, false),
        new Column(names.lsn(), Primitive.INT64, false));
  }

  /** Whether the batch has a value that tells the type of one of the columns. */
  static boolean showsType(List<Integer> unknown, TableBatch batch) {
    return unknown.stream().anyMatch(index -> firstValue(index, batch) != null);
  }

  /** Names of the columns that have to take NULL, whatever the schema says. */
  Set<String> nullable(TableBatch batch) {
    Set<String> nullable = new HashSet<>();
    for (int i = 0; i < batch.schema().size(); i++) {
      if (options.writeMode() == WriteMode.APPEND || lacksValue(i, batch)) {
        nullable.add(batch.schema().column(i).name());
      }
    }
    return nullable;
  }

  private List<Column> metadata() {
    MetadataColumns names = options.metadata();
    List<Column> columns = new ArrayList<>();
    columns.add(new Column(names.op(), Primitive.TEXT, true));
    columns.add(new Column(names.ts(), Primitive.TIMESTAMPTZ, true));
    columns.add(new Column(names.lsn(), Primitive.INT64, true));
    columns.add(new Column(names.commitLsn(), Primitive.INT64, true));
    columns.add(new Column(names.epoch(), Primitive.INT32, true));
    if (options.deleteMode() == DeleteMode.SOFT || options.writeMode() == WriteMode.APPEND) {
      columns.add(new Column(names.deleted(), Primitive.BOOLEAN, true));
    }
    Stream.of(names.firstSeen(), names.lastSeen())
        .flatMap(Optional::stream)
        .forEach(name -> columns.add(new Column(name, Primitive.TIMESTAMPTZ, true)));
    return columns;
  }

  private static Object firstValue(int index, TableBatch batch) {
    for (RowChange change : batch.changes()) {
      Object cell = change.cells() == null ? null : change.cells()[index];
      if (cell != null && Cell.isKnown(cell)) {
        return cell;
      }
    }
    int keyIndex = batch.schema().keyColumns().indexOf(index);
    return keyIndex < 0 || batch.changes().isEmpty()
        ? null
        : batch.changes().get(0).key().value(keyIndex);
  }

  private static boolean lacksValue(int index, TableBatch batch) {
    return batch.changes().stream()
        .map(RowChange::cells)
        .anyMatch(cells -> cells != null && (cells[index] == null || cells[index] == Cell.ABSENT));
  }
}
