// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Errors by which the server refuses rows for the sake of how the user has made the table: no
 * record is to blame, and the message says what to change.
 */
final class Refusals {
  /** Function of the server's source that finds no partition, from PostgreSQL 13 to 18. */
  private static final String FIND_PARTITION = "ExecFindPartition";

  private Refusals() {}

  /**
   * The failure that an error of writing to a table means; empty where it is another.
   *
   * @param place what was being done, for the message
   */
  static Optional<FatalException> of(
      SQLException error, TablePlan plan, String place, Connection connection) throws SQLException {
    String remedy = remedy(error, plan, connection);
    return remedy.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new FatalException(SqlErrors.classify(error, place).getMessage() + remedy, error));
  }

  /** Whether an error that looks like a record's fault is of the table. */
  static boolean isOfTable(SQLException error, TablePlan plan) {
    return lacksExtra(error, plan) || lacksPartition(error);
  }

  private static String remedy(SQLException error, TablePlan plan, Connection connection)
      throws SQLException {
    PgTable table = plan.table();
    if (lacksExtra(error, plan)) {
      String column = Identifiers.quote(SqlErrors.column(error));
      return " The records have no such column, and nothing else fills it. Give it a DEFAULT, fill it"
          + " by a trigger, or let it take NULL. Run: ALTER TABLE "
          + table.sql()
          + " ALTER COLUMN "
          + column
          + " DROP NOT NULL";
    }
    if (lacksPartition(error)) {
      return " Create the partition that is missing, or one for all other rows. Run: CREATE TABLE "
          + Identifiers.quote(table.id().schema())
          + "."
          + Identifiers.quote(table.id().name() + "_default")
          + " PARTITION OF "
          + table.sql()
          + " DEFAULT";
    }
    if (SqlErrors.routine(error).equals(SqlErrors.CHECK_ROW_SECURITY)) {
      return " The sink has to see and write all rows: have a superuser exempt its user from policies."
          + " Run: ALTER ROLE "
          + Identifiers.quote(connection.getMetaData().getUserName())
          + " BYPASSRLS";
    }
    return "";
  }

  /** Whether a column that is none of the records' is left without a value. */
  private static boolean lacksExtra(SQLException error, TablePlan plan) {
    String column = SqlErrors.column(error);
    return SqlErrors.state(error).equals(SqlErrors.NOT_NULL_VIOLATION)
        && !column.isEmpty()
        && plan.columns().stream().noneMatch(each -> each.column().name().equals(column));
  }

  private static boolean lacksPartition(SQLException error) {
    return SqlErrors.state(error).equals(SqlErrors.CHECK_VIOLATION)
        && SqlErrors.routine(error).equals(FIND_PARTITION);
  }
}
