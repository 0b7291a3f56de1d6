// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;

/**
 * Column lists, values and assignments of statements that write staged rows. {@code s} is the
 * staged row, {@code t} the table row. Immutable.
 */
public record ColumnValues(TablePlan plan) {

  /** The staged cell if its value is known, or something else. */
  static String known(WrittenColumn column, String otherwise) {
    return "CASE WHEN s._known IS NULL OR get_bit(s._known, "
        + column.index()
        + ") = 1 THEN s."
        + column.staged()
        + " ELSE "
        + otherwise
        + " END";
  }

  /** What a column holds where nothing is given. */
  static String defaultOf(PgColumn column) {
    return column.defaultExpression().isEmpty()
        ? "NULL"
        : "(" + column.defaultExpression() + ")::" + column.type().sql();
  }

  /** Columns that an update may set: no keys, and no identities that are always generated. */
  List<WrittenColumn> updatable() {
    return plan.values().stream().filter(column -> !column.column().alwaysIdentity()).toList();
  }

  /** Columns that an insert may give values for, whether the source has them or not. */
  List<PgColumn> insertable() {
    return plan.table().columns().stream().filter(column -> !column.generated()).toList();
  }

  /** Names of the metadata columns, quoted; the operation's comes first. */
  public List<String> metadata() {
    MetadataColumns names = plan.options().metadata();
    List<String> columns =
        new ArrayList<>(
            List.of(names.op(), names.ts(), names.lsn(), names.commitLsn(), names.epoch()));
    if (plan.hasDeletedColumn()) {
      columns.add(names.deleted());
    }
    names.firstSeen().ifPresent(columns::add);
    names.lastSeen().ifPresent(columns::add);
    columns.replaceAll(Identifiers::quote);
    return columns;
  }

  /** Values of {@link #metadata} for staged rows of a kind that are new in the table. */
  List<String> metadataValues(StagedRowKind kind) {
    return metadataValues("s._o", SeenSql.NEW, kind);
  }

  /** Values of {@link #metadata} for staged rows of a kind that are written over a table row. */
  List<String> metadataOver(String table, StagedRowKind kind) {
    SeenSql seen = new SeenSql(plan);
    return metadataValues(new SharedKeySql(plan).operationOver(table), seen.firstOver(table), kind);
  }

  private List<String> metadataValues(String operation, String firstSeen, StagedRowKind kind) {
    List<String> values = new ArrayList<>(List.of(operation, "s._t", "s._l", "s._c", "s._e"));
    if (plan.hasDeletedColumn()) {
      values.add(Boolean.toString(kind.isDelete()));
    }
    MetadataColumns names = plan.options().metadata();
    names.firstSeen().ifPresent(name -> values.add(firstSeen));
    names.lastSeen().ifPresent(name -> values.add(SeenSql.LAST));
    return values;
  }

  /** COPY of rows in the form in which the table stores them. */
  public String copySql() {
    return "COPY " + plan.table().sql() + " " + columns() + " FROM STDIN (FORMAT binary)";
  }

  /** {@code (columns) OVERRIDING SYSTEM VALUE} of an insert of {@link #insertValues}. */
  public String insertColumns() {
    return columns() + " OVERRIDING SYSTEM VALUE";
  }

  private String columns() {
    StringJoiner list = new StringJoiner(", ", "(", ")");
    plan.columns().forEach(column -> list.add(column.sql()));
    metadata().forEach(list::add);
    return list.toString();
  }

  /** Values for {@link #insertColumns}, of rows that are not stored. */
  String insertValues(Function<WrittenColumn, String> value, StagedRowKind kind) {
    return insertValues(value, metadataValues(kind));
  }

  /** Values for {@link #insertColumns}, of rows that may be stored already. */
  String upsertValues(Function<WrittenColumn, String> value, StagedRowKind kind) {
    return insertValues(
        value,
        metadataValues(
            new SharedKeySql(plan).operationLookedUp(), new SeenSql(plan).firstLookedUp(), kind));
  }

  private String insertValues(Function<WrittenColumn, String> value, List<String> metadata) {
    StringJoiner list = new StringJoiner(", ");
    plan.columns().forEach(column -> list.add(value.apply(column)));
    metadata.forEach(list::add);
    return list.toString();
  }

  /** Assignments of an update of the table row. */
  String assignments(Function<WrittenColumn, String> value, StagedRowKind kind) {
    List<String> assignments = new ArrayList<>();
    updatable().forEach(column -> assignments.add(column.sql() + " = " + value.apply(column)));
    List<String> names = metadata();
    List<String> values = metadataOver("t", kind);
    for (int i = 0; i < names.size(); i++) {
      assignments.add(names.get(i) + " = " + values.get(i));
    }
    return String.join(", ", assignments);
  }

  /** The tail that makes an insert into the table, as {@code t}, an upsert by key. */
  String onConflict() {
    StringJoiner keys = new StringJoiner(", ");
    plan.keys().forEach(column -> keys.add(column.sql()));
    StringJoiner assignments = new StringJoiner(", ");
    updatable().forEach(column -> assignments.add(column.sql() + " = excluded." + column.sql()));
    metadata().forEach(name -> assignments.add(name + " = excluded." + name));
    RowConditions rows = new RowConditions(plan);
    return " ON CONFLICT ("
        + keys
        + ") DO UPDATE SET "
        + assignments
        + " WHERE ("
        + rows.position("t")
        + " > "
        + rows.position("excluded")
        + ") IS NOT TRUE";
  }
}
