package io.lakehousecdc.sink.target.postgres;

import static io.lakehousecdc.sink.target.postgres.Identifiers.quote;

import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.Position;
import io.lakehousecdc.sink.target.TableOptions.MetadataColumns;
import java.util.StringJoiner;

/** Statements that remove rows, or mark them deleted. Immutable. */
final class RemovalSql {
  private final TablePlan plan;
  private final StagingTable staging;
  private final MetadataColumns names;

  RemovalSql(TablePlan plan, StagingTable staging) {
    this.plan = plan;
    this.staging = staging;
    this.names = plan.options().metadata();
  }

  /** Row value of a table row's position. */
  static String position(String table, MetadataColumns names) {
    return "("
        + table
        + "."
        + quote(names.epoch())
        + ", "
        + table
        + "."
        + quote(names.commitLsn())
        + ", "
        + table
        + "."
        + quote(names.lsn())
        + ")";
  }

  /** Applies the staged deletes. */
  String delete() {
    String matching = staging.keysOf(Kind.DELETE) + " AS s WHERE " + join() + " AND " + guard();
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

  /** After {@link #delete}: counts the deletes that a newer row outlives. */
  String staleDeletes() {
    return "SELECT count(*) FROM "
        + staging.keysOf(Kind.DELETE)
        + " AS s JOIN "
        + plan.table().sql()
        + " AS t ON "
        + join()
        + " WHERE NOT "
        + guard();
  }

  /** Removes or marks all rows below a position; rows marked before are left alone. */
  String removeBelow(Position position, Operation operation) {
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
  String countBelow(Position position) {
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
            + position("t", names)
            + " >= ("
            + position.epoch()
            + ", "
            + position.commitLsn()
            + ", "
            + position.lsn()
            + ")) IS NOT TRUE";
    return plan.soft() ? rows + " AND t." + quote(names.deleted()) + " IS NOT TRUE" : rows;
  }

  private String guard() {
    return "((" + position("t", names) + " > (s._e, s._c, s._l)) IS NOT TRUE)";
  }

  private String join() {
    StringJoiner join = new StringJoiner(" AND ");
    for (WrittenColumn key : plan.keys()) {
      join.add("t." + key.sql() + " = s." + key.staged());
    }
    return join.toString();
  }
}
