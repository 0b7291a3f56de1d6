// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.quote;

import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;

/** Statements that apply staged deletes, hard or soft. Immutable. */
public final class RemovalSql {
  private final TablePlan plan;
  private final RowConditions rows;
  private final StagingTable staging;
  private final MetadataColumns names;

  public RemovalSql(StagingTable staging) {
    this.plan = staging.plan();
    this.rows = new RowConditions(plan);
    this.staging = staging;
    this.names = plan.options().metadata();
  }

  /** Applies the staged deletes; gives the numbers of those that took a row. */
  public String delete() {
    String matching =
        staging.keysOf(StagedRowKind.DELETE)
            + " AS s WHERE "
            + rows.sameKey("t")
            + " AND "
            + taken()
            + " RETURNING s._n";
    if (!plan.softDeletes()) {
      return "DELETE FROM " + plan.table().sql() + " AS t USING " + matching;
    }
    return "UPDATE "
        + plan.table().sql()
        + " AS t SET "
        + BelowFloorSql.softDeleted(names, "s._o", "s._e", "s._c", "s._l")
        + ", "
        + quote(names.ts())
        + " = s._t"
        + new SeenSql(plan).softDeleted()
        + " FROM "
        + matching;
  }

  /**
   * After {@link #delete}: the deletes that a stored row outlives, of some; see {@link
   * RowConditions#outranked}.
   */
  public String staleDeletes(RowNumbers deletes) {
    return rows.outranked(
        staging.keysOf(StagedRowKind.DELETE),
        deletes.include("s._n") + " AND NOT (" + taken() + ")");
  }

  /** Numbers of the deletes whose key no row has, of some. */
  public String deletesOfNoRow(RowNumbers deletes) {
    return "SELECT s._n FROM "
        + staging.keysOf(StagedRowKind.DELETE)
        + " AS s WHERE "
        + deletes.include("s._n")
        + " AND NOT EXISTS (SELECT FROM "
        + plan.table().sql()
        + " AS t WHERE "
        + rows.sameKey("t")
        + ")";
  }

  /** Whether a staged delete takes the table row. */
  private String taken() {
    return rows.applies("t") + " AND " + new SharedKeySql(plan).isNotSpared("t");
  }
}
