// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.schema;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.schema.SchemaChange;
import io.lakehousecdc.sink.schema.SchemaChange.AddColumn;
import io.lakehousecdc.sink.schema.SchemaChange.RelaxNotNull;
import io.lakehousecdc.sink.spi.HistoryOptions.HistoryColumns;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The view {@code <table>_current} of the current versions of a table, without the columns that
 * tell these from others. PostgreSQL keeps the types of columns that a view has, so that it is
 * dropped while they change. Immutable.
 *
 * @param names columns that tell versions apart
 */
record CurrentView(HistoryColumns names) {

  /** Name of the view of a table. */
  static TableId of(TableId table) {
    return new TableId(table.schema(), table.name() + "_current");
  }

  /** Creates the view, or adds the columns to it that the table has got. */
  String createSql(PgTable table) {
    Set<String> hidden = new HashSet<>(names.opened());
    hidden.addAll(List.of(names.validTo(), names.current()));
    String columns =
        table.columns().stream()
            .filter(column -> !hidden.contains(column.name()))
            .map(PgColumn::sql)
            .collect(Collectors.joining(", "));
    return "CREATE OR REPLACE VIEW "
        + Identifiers.qualified(of(table.id()))
        + " AS SELECT "
        + columns
        + " FROM "
        + table.sql()
        + " WHERE "
        + Identifiers.quote(names.current());
  }

  /** Whether changes of a table need the view to be dropped before. */
  static boolean isInTheWay(List<SchemaChange> changes) {
    return changes.stream()
        .anyMatch(change -> !(change instanceof AddColumn || change instanceof RelaxNotNull));
  }

  /** Drops the view; fails where others depend on it. */
  static String dropSql(TableId table) {
    return "DROP VIEW IF EXISTS " + Identifiers.qualified(of(table));
  }
}
