// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.codec.ColumnCodec;
import io.lakehousecdc.sink.spi.TableOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The plan by which rows of one schema are written to one table: compiled once, used for every
 * batch. Immutable.
 *
 * @param table the table, which has all that is written
 * @param schema schema of the rows
 * @param columns columns that are written, in the schema's order; generated ones are not
 * @param keys the key columns among them, in key order
 * @param unknown indexes of untyped columns that the table lacks, because no value has shown their
 *     type yet
 * @param options options of all tables
 */
public record TablePlan(
    PgTable table,
    RowSchema schema,
    List<WrittenColumn> columns,
    List<WrittenColumn> keys,
    List<Integer> unknown,
    TableOptions options) {

  public static TablePlan of(
      PgTable table, RowSchema schema, TableOptions options, int serverVersion) {
    List<WrittenColumn> columns = new ArrayList<>();
    List<Integer> unknown = new ArrayList<>();
    for (int i = 0; i < schema.size(); i++) {
      Column column = schema.column(i);
      Optional<PgColumn> stored = table.column(column.name());
      if (stored.isEmpty() && column.type() == Primitive.UNTYPED) {
        unknown.add(i);
      } else if (!stored.orElseThrow().generated()) {
        ColumnCodec codec =
            ColumnCodec.of(
                column.type(), stored.get().type(), serverVersion, options.schemalessTime());
        columns.add(new WrittenColumn(i, stored.get(), codec));
      }
    }
    Map<Integer, WrittenColumn> byIndex =
        columns.stream().collect(Collectors.toMap(WrittenColumn::index, Function.identity()));
    List<WrittenColumn> keys = schema.keyColumns().stream().map(byIndex::get).toList();
    return new TablePlan(table, schema, columns, keys, unknown, options);
  }

  /** Columns that are no part of the key. */
  List<WrittenColumn> values() {
    return columns.stream().filter(column -> !keys.contains(column)).toList();
  }

  /** Whether rows can be copied into the table itself. */
  public boolean copied() {
    return columns.stream().allMatch(WrittenColumn::copied);
  }

  /** Whether rows have a column that says whether they are deleted. */
  public boolean hasDeletedColumn() {
    return softDeletes() || options.writeMode() == TableOptions.WriteMode.APPEND;
  }

  /** Whether rows have a column that tells when their key was first seen. */
  public boolean tellsFirstSeen() {
    return options.metadata().firstSeen().isPresent();
  }

  /** Whether a delete keeps the row. */
  boolean softDeletes() {
    return options.deleteMode() == TableOptions.DeleteMode.SOFT;
  }
}
