// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Parts that statements on staged rows share. {@code s} is the staged row; table rows have the
 * alias that is asked for. Immutable.
 */
public record SqlFragments(TablePlan plan) {
  /** Position of the staged row. */
  static final String STAGED_POSITION = "(s._e, s._c, s._l)";

  /** Equality of the keys of a table row and the staged row. */
  String sameKey(String table) {
    StringJoiner join = new StringJoiner(" AND ");
    plan.keys().forEach(key -> join.add(table + "." + key.sql() + " = s." + key.staged()));
    return join.toString();
  }

  /** Equality of the key of a table row and the key that the staged row had before. */
  String formerKey(String table) {
    StringJoiner join = new StringJoiner(" AND ");
    for (int i = 0; i < plan.keys().size(); i++) {
      join.add(table + "." + plan.keys().get(i).sql() + " = s.m" + i);
    }
    return join.toString();
  }

  /**
   * Whether a table row is the one that the staged row was before its key was changed: it is no
   * newer, and has not been replaced by a row that took its key over in the same transaction. One
   * that is marked as deleted does not count where the staged row brings the values itself.
   */
  String former(String table) {
    MetadataColumns names = plan.options().metadata();
    String replaced =
        "("
            + isTakeover(table)
            + " AND "
            + table
            + "."
            + Identifiers.quote(names.epoch())
            + " = s._e AND "
            + table
            + "."
            + Identifiers.quote(names.commitLsn())
            + " = s._c) IS NOT TRUE";
    String live = plan.soft() ? " AND (s._lent IS NOT TRUE OR " + live(table) + ")" : "";
    return formerKey(table) + " AND " + guard(table) + " AND " + replaced + live;
  }

  /** Whether a table row is there and not marked as deleted. */
  String live(String table) {
    String deleted = table + "." + Identifiers.quote(plan.options().metadata().deleted());
    return plan.soft() ? present(table) + " AND " + deleted + " IS NOT TRUE" : present(table);
  }

  private String isTakeover(String table) {
    return table
        + "."
        + Identifiers.quote(plan.options().metadata().op())
        + " = "
        + Identifiers.literal(Operation.TAKEOVER.code());
  }

  /** Epoch, commit LSN, LSN, whether all are known, operation and liveness of a table row. */
  String standing(String table) {
    MetadataColumns names = plan.options().metadata();
    String parts =
        Stream.of(names.epoch(), names.commitLsn(), names.lsn())
            .map(name -> table + "." + Identifiers.quote(name))
            .collect(Collectors.joining(", "));
    String operation = table + "." + Identifiers.quote(names.op());
    return parts + ", num_nulls(" + parts + ") = 0, " + operation + ", " + live(table);
  }

  /**
   * Operation to store with the staged row, a table row being what is stored so far: see {@link
   * io.lakehousecdc.sink.change.RowChange.Upsert#over}.
   */
  String operation(String table) {
    return "CASE WHEN s._a IS NOT NULL AND "
        + live(table)
        + " AND ("
        + isTakeover(table)
        + " OR ("
        + position(table)
        + " >= (s._e, s._c, s._a)) IS NOT TRUE) THEN "
        + Identifiers.literal(Operation.TAKEOVER.code())
        + " ELSE s._o END";
  }

  /** As {@link #operation}, where the stored row is not at hand. */
  String operationLookedUp() {
    return "CASE WHEN s._a IS NULL THEN s._o ELSE coalesce((SELECT "
        + operation("t")
        + " FROM "
        + plan.table().sql()
        + " AS t WHERE "
        + sameKey("t")
        + "), s._o) END";
  }

  /** Position of a table row; its parts are NULL where somebody else wrote the row. */
  String position(String table) {
    MetadataColumns names = plan.options().metadata();
    return Stream.of(names.epoch(), names.commitLsn(), names.lsn())
        .map(name -> table + "." + Identifiers.quote(name))
        .collect(Collectors.joining(", ", "(", ")"));
  }

  /** A change applies where it is not below the stored row, or that has no position. */
  String guard(String table) {
    return "((" + position(table) + " > " + STAGED_POSITION + ") IS NOT TRUE)";
  }

  /** Whether an outer join found a row. */
  String present(String table) {
    return table + "." + plan.keys().get(0).sql() + " IS NOT NULL";
  }

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

  /** Names of the metadata columns, quoted. */
  List<String> metadata() {
    MetadataColumns names = plan.options().metadata();
    return Stream.of(
            names.op(), names.ts(), names.lsn(), names.commitLsn(), names.epoch(), names.deleted())
        .limit(plan.marksDeleted() ? 6 : 5)
        .map(Identifiers::quote)
        .toList();
  }

  /** Values of {@link #metadata} for staged rows of a kind. */
  List<String> metadataValues(StagedRowKind kind) {
    boolean deleted = kind.compareTo(StagedRowKind.DELETE) >= 0;
    return List.of("s._o", "s._t", "s._l", "s._c", "s._e", Boolean.toString(deleted))
        .subList(0, plan.marksDeleted() ? 6 : 5);
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
    List<String> metadata = new ArrayList<>(metadataValues(kind));
    metadata.set(0, operationLookedUp());
    return insertValues(value, metadata);
  }

  private String insertValues(Function<WrittenColumn, String> value, List<String> metadata) {
    StringJoiner list = new StringJoiner(", ");
    plan.columns().forEach(column -> list.add(value.apply(column)));
    metadata.forEach(list::add);
    return list.toString();
  }

  /** Assignments of an update of the table row {@code t}. */
  String assignments(Function<WrittenColumn, String> value, StagedRowKind kind) {
    StringJoiner assignments = new StringJoiner(", ");
    updatable().forEach(column -> assignments.add(column.sql() + " = " + value.apply(column)));
    List<String> names = metadata();
    List<String> values = new ArrayList<>(metadataValues(kind));
    values.set(0, operation("t"));
    for (int i = 0; i < names.size(); i++) {
      assignments.add(names.get(i) + " = " + values.get(i));
    }
    return assignments.toString();
  }

  /** The tail that makes an insert (with alias {@code t}) an upsert by key. */
  String onConflict() {
    StringJoiner keys = new StringJoiner(", ");
    plan.keys().forEach(column -> keys.add(column.sql()));
    StringJoiner assignments = new StringJoiner(", ");
    updatable().forEach(column -> assignments.add(column.sql() + " = excluded." + column.sql()));
    metadata().forEach(name -> assignments.add(name + " = excluded." + name));
    return " ON CONFLICT ("
        + keys
        + ") DO UPDATE SET "
        + assignments
        + " WHERE ("
        + position("t")
        + " > "
        + position("excluded")
        + ") IS NOT TRUE";
  }
}
