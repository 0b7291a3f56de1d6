// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.quote;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;

/** Statements that remove rows, or mark them deleted. Immutable. */
public final class RemovalSql {
  private final TablePlan plan;
  private final SqlFragments sql;
  private final StagingTable staging;
  private final MetadataColumns names;

  public RemovalSql(StagingTable staging) {
    this.plan = staging.plan();
    this.sql = new SqlFragments(plan);
    this.staging = staging;
    this.names = plan.options().metadata();
  }

  /** Applies the staged deletes; gives the numbers of those that took a row. */
  public String delete() {
    String matching =
        staging.keysOf(StagedRowKind.DELETE)
            + " AS s WHERE "
            + sql.sameKey("t")
            + " AND "
            + taken()
            + " RETURNING s._n";
    if (!plan.soft()) {
      return "DELETE FROM " + plan.table().sql() + " AS t USING " + matching;
    }
    return "UPDATE "
        + plan.table().sql()
        + " AS t SET "
        + marked("s._o", "s._e", "s._c", "s._l")
        + ", "
        + quote(names.ts())
        + " = s._t FROM "
        + matching;
  }

  /**
   * After {@link #delete}: counts the deletes that a newer row outlives, of those whose numbers are
   * given as the array parameter.
   */
  public String staleDeletes() {
    return "SELECT count(*) FROM "
        + staging.keysOf(StagedRowKind.DELETE)
        + " AS s JOIN "
        + plan.table().sql()
        + " AS t ON "
        + sql.sameKey("t")
        + " WHERE s._n = ANY (?) AND NOT ("
        + taken()
        + ")";
  }

  /** Whether a delete takes the stored row: see {@code RowChange.Delete.spares}. */
  private String taken() {
    return sql.guard("t")
        + " AND (t."
        + quote(names.op())
        + " = "
        + Identifiers.literal(Operation.SURVIVAL.code())
        + " AND "
        + sql.position("t")
        + " = "
        + SqlFragments.STAGED_POSITION
        + ") IS NOT TRUE";
  }

  /** Removes or marks all rows below a position; rows marked before are left alone. */
  public String removeBelow(Position position, Operation operation) {
    if (!plan.soft()) {
      return "DELETE FROM " + plan.table().sql() + " AS t WHERE " + below(position);
    }
    return "UPDATE "
        + plan.table().sql()
        + " AS t SET "
        + marked(
            Identifiers.literal(operation.code()),
            Integer.toString(position.epoch()),
            Long.toString(position.commitLsn()),
            Long.toString(position.lsn()))
        + " WHERE "
        + below(position);
  }

  /** Counts the rows below a position. */
  public String countBelow(Position position) {
    return "SELECT count(*) FROM " + plan.table().sql() + " AS t WHERE " + below(position);
  }

  private String marked(String operation, String epoch, String commitLsn, String lsn) {
    return quote(names.deleted())
        + " = true, "
        + quote(names.op())
        + " = "
        + operation
        + ", "
        + quote(names.epoch())
        + " = "
        + epoch
        + ", "
        + quote(names.commitLsn())
        + " = "
        + commitLsn
        + ", "
        + quote(names.lsn())
        + " = "
        + lsn;
  }

  private String below(Position position) {
    String rows =
        "("
            + sql.position("t")
            + " >= ("
            + position.epoch()
            + ", "
            + position.commitLsn()
            + ", "
            + position.lsn()
            + ")) IS NOT TRUE";
    return plan.soft() ? rows + " AND t." + quote(names.deleted()) + " IS NOT TRUE" : rows;
  }
}
