// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import static io.lakehousecdc.sink.postgres.sql.RowConditions.STAGED_POSITION;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.util.List;

/**
 * SQL for keys that two rows of the source share while a transaction lasts, which a deferrable
 * constraint permits. All that statements know of it is here: the stored operations {@link
 * Operation#TAKEOVER} and {@link Operation#SURVIVAL}, and the staged column {@code _a}. {@code s}
 * is the staged row. Immutable.
 */
public final class SharedKeySql {
  private final TablePlan plan;
  private final RowConditions rows;

  public SharedKeySql(TablePlan plan) {
    this.plan = plan;
    this.rows = new RowConditions(plan);
  }

  /**
   * Operation to store with the staged row where it is written over a table row: see {@link
   * io.lakehousecdc.sink.change.RowChange.Upsert#over}.
   */
  String operationOver(String table) {
    return "CASE WHEN s._a IS NOT NULL AND "
        + rows.live(table)
        + " AND ("
        + isTakeover(table)
        + " OR ("
        + rows.position(table)
        + " >= (s._e, s._c, s._a)) IS NOT TRUE) THEN "
        + Identifiers.literal(Operation.TAKEOVER.code())
        + " ELSE s._o END";
  }

  /** As {@link #operationOver}, for a statement that does not join the table. */
  String operationLookedUp() {
    return "CASE WHEN s._a IS NULL THEN s._o ELSE coalesce((SELECT "
        + operationOver("t")
        + " FROM "
        + plan.table().sql()
        + " AS t WHERE "
        + rows.sameKey("t")
        + "), s._o) END";
  }

  /**
   * Whether a table row was not put there, in the transaction in which the staged row left the key,
   * by a row that took it over.
   */
  String isNotReplaced(String table) {
    MetadataColumns names = plan.options().metadata();
    return "("
        + isTakeover(table)
        + " AND "
        + table
        + "."
        + Identifiers.quote(names.epoch())
        + " = s._fe AND "
        + table
        + "."
        + Identifiers.quote(names.commitLsn())
        + " = s._fc) IS NOT TRUE";
  }

  /** Whether the staged delete takes a table row: see {@code RowChange.Delete.spares}. */
  String isNotSpared(String table) {
    return "("
        + operation(table)
        + " = "
        + Identifiers.literal(Operation.SURVIVAL.code())
        + " AND "
        + rows.position(table)
        + " = "
        + STAGED_POSITION
        + ") IS NOT TRUE";
  }

  /**
   * What is stored under the keys of some staged changes: number of the change, epoch, commit LSN,
   * LSN, whether the row has a position, operation, whether it is live. Rows below one of the
   * floors are void and left out. Locks the rows, so that what is read stays true.
   */
  public String storedStates(StagingTable staging, RowNumbers changes, List<Floor> floors) {
    FloorSql floor = new FloorSql(plan.options().metadata());
    StringBuilder above = new StringBuilder();
    floors.forEach(
        each -> above.append(" AND ").append(floor.covers(each, "t")).append(" IS NOT TRUE"));
    String position = rows.positionParts("t");
    return "SELECT s._n, "
        + position
        + ", num_nulls("
        + position
        + ") = 0, "
        + operation("t")
        + ", "
        + rows.live("t")
        + " FROM "
        + staging.keysOf(StagedRowKind.values())
        + " AS s JOIN "
        + plan.table().sql()
        + " AS t ON "
        + rows.sameKey("t")
        + " WHERE "
        + changes.include("s._n")
        + above
        + " FOR UPDATE OF t";
  }

  private String isTakeover(String table) {
    return operation(table) + " = " + Identifiers.literal(Operation.TAKEOVER.code());
  }

  private String operation(String table) {
    return table + "." + Identifiers.quote(plan.options().metadata().op());
  }
}
