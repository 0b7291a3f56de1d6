// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import java.util.List;
import java.util.StringJoiner;

/**
 * Statements that bring staged rows into their table. {@code t} is the table, {@code s} the staged
 * row. Immutable.
 */
public final class MergeSql {
  /** First version with MERGE, which is faster and writes less WAL than ON CONFLICT. */
  private static final int MERGE_VERSION = 15;

  /** Kinds of rows that bring values. */
  private static final StagedRowKind[] VALUED = {
    StagedRowKind.FULL,
    StagedRowKind.UNCHANGED,
    StagedRowKind.ABSENT,
    StagedRowKind.MOVED,
    StagedRowKind.DELETE_FULL,
    StagedRowKind.DELETE_PARTIAL,
    StagedRowKind.DELETE_UNCHANGED
  };

  private final TablePlan plan;
  private final RowConditions rows;
  private final ColumnValues values;
  private final StagingTable staging;
  private final String table;
  private final boolean merge;

  public MergeSql(StagingTable staging, int serverVersion) {
    this.plan = staging.plan();
    this.rows = new RowConditions(plan);
    this.values = new ColumnValues(plan);
    this.staging = staging;
    this.table = plan.table().sql();
    this.merge = serverVersion >= MERGE_VERSION;
  }

  /** Upserts rows of which all cells are known, or soft-deletes such rows. */
  public String full(StagedRowKind kind) {
    String staged = staging.rows(kind);
    if (merge) {
      return "MERGE INTO "
          + table
          + " AS t USING "
          + staged
          + " AS s ON "
          + rows.sameKey("t")
          + " WHEN MATCHED AND "
          + rows.applies("t")
          + " THEN UPDATE SET "
          + values.assignments(column -> "s." + column.staged(), kind)
          + " WHEN NOT MATCHED THEN INSERT "
          + values.insertColumns()
          + " VALUES ("
          + values.insertValues(column -> "s." + column.staged(), kind)
          + ")";
    }
    return "INSERT INTO "
        + table
        + " AS t "
        + values.insertColumns()
        + " SELECT "
        + values.upsertValues(column -> "s." + column.staged(), kind)
        + " FROM "
        + staged
        + " AS s"
        + values.onConflict();
  }

  /**
   * Whether {@link #full} fails for rows that are stored: ON CONFLICT checks them as new ones
   * first, and a column that is none of theirs takes no NULL.
   */
  public boolean insertsFirst() {
    return !merge && values.insertable().stream().anyMatch(this::isExtraAndRequired);
  }

  private boolean isExtraAndRequired(PgColumn column) {
    return column.notNull()
        && !column.defaulted()
        && plan.columns().stream().noneMatch(each -> each.column().equals(column));
  }

  /** Updates stored rows with the cells that are known. */
  public String partialUpdate(StagedRowKind kind) {
    return "UPDATE "
        + table
        + " AS t SET "
        + values.assignments(column -> ColumnValues.known(column, "t." + column.sql()), kind)
        + " FROM "
        + staging.rows(kind)
        + " AS s WHERE "
        + rows.sameKey("t")
        + " AND "
        + rows.applies("t");
  }

  /** Inserts rows that are not stored; cells that are not known get the column's default. */
  public String partialInsert(StagedRowKind kind) {
    return "INSERT INTO "
        + table
        + " "
        + values.insertColumns()
        + " SELECT "
        + values.insertValues(
            column -> ColumnValues.known(column, ColumnValues.defaultOf(column.column())), kind)
        + " FROM "
        + staging.rows(kind)
        + " AS s WHERE NOT EXISTS (SELECT FROM "
        + table
        + " AS t WHERE "
        + rows.sameKey("t")
        + ")";
  }

  /**
   * After rows of some kinds were written: those that a stored row outranks; see {@link
   * RowConditions#outranked}.
   */
  public String outranked(StagedRowKind... kinds) {
    return rows.outranked(staging.keysOf(kinds), "NOT " + rows.applies("t"));
  }

  /** Columns that an update may not set, because they are identities that are always generated. */
  public List<WrittenColumn> fixedIdentities() {
    return plan.values().stream().filter(column -> column.column().alwaysIdentity()).toList();
  }

  /**
   * Counts the staged rows that would change one of {@link #fixedIdentities}, of which there are.
   */
  public String changedIdentities() {
    StringJoiner changed = new StringJoiner(" OR ");
    for (WrittenColumn column : fixedIdentities()) {
      String stored = "t." + column.sql();
      changed.add(ColumnValues.known(column, stored) + " IS DISTINCT FROM " + stored);
    }
    return "SELECT count(*) FROM "
        + staging.rows(VALUED)
        + " AS s JOIN "
        + table
        + " AS t ON "
        + rows.sameKey("t")
        + " WHERE "
        + rows.applies("t")
        + " AND ("
        + changed
        + ")";
  }

  /** Numbers of the changes with unchanged cells whose row is not stored. */
  public String missing() {
    return "SELECT s._n FROM "
        + staging.keysOf(StagedRowKind.UNCHANGED)
        + " AS s WHERE NOT EXISTS (SELECT FROM "
        + table
        + " AS t WHERE "
        + rows.sameKey("t")
        + ")";
  }
}
