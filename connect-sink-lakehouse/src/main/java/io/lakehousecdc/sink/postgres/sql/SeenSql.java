// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import io.lakehousecdc.sink.postgres.catalog.Identifiers;

/**
 * SQL for the columns that tell when a key was seen, of which a table has both, one or none: see
 * {@link io.lakehousecdc.sink.spi.FirstSeen}. The staged columns {@code _f} and {@code _b} are its
 * components, NULL for a time that is not known; only staging tables of tables with a first time
 * have them. {@code s} is the staged row. Immutable.
 */
final class SeenSql {
  /** First time of a row that is new in the table. */
  static final String NEW = "s._f";

  /** Last time of a row, new or stored. */
  static final String LAST = "s._t";

  private final TablePlan plan;

  SeenSql(TablePlan plan) {
    this.plan = plan;
  }

  /** First time of a staged row that is written over a table row. */
  String firstOver(String table) {
    return plan.tellsFirstSeen()
        ? "CASE WHEN s._b THEN s._f ELSE least(" + stored(table) + ", s._f) END"
        : "";
  }

  /** As {@link #firstOver}, for a statement that does not join the table. */
  String firstLookedUp() {
    return plan.tellsFirstSeen()
        ? "CASE WHEN s._b THEN s._f ELSE least((SELECT "
            + stored("t")
            + " FROM "
            + plan.table().sql()
            + " AS t WHERE "
            + new RowConditions(plan).sameKey("t")
            + "), s._f) END"
        : "";
  }

  /** Further assignments of a soft delete of the table row {@code t}, each after a comma. */
  String softDeleted() {
    StringBuilder assignments = new StringBuilder();
    plan.options()
        .metadata()
        .firstSeen()
        .ifPresent(
            name ->
                assignments
                    .append(", ")
                    .append(Identifiers.quote(name))
                    .append(" = ")
                    .append(firstOver("t")));
    plan.options()
        .metadata()
        .lastSeen()
        .ifPresent(
            name ->
                assignments
                    .append(", ")
                    .append(Identifiers.quote(name))
                    .append(" = ")
                    .append(LAST));
    return assignments.toString();
  }

  private String stored(String table) {
    return table + "." + Identifiers.quote(plan.options().metadata().firstSeen().orElseThrow());
  }
}
