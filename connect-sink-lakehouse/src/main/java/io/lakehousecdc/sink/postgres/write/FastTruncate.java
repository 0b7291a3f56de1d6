// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.postgres.sql.BelowFloorSql;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The truncate of a table by TRUNCATE, where that removes the rows that it concerns and no others.
 * The table is read once for that, and locked against writers before; it is locked against readers
 * only for the statement itself. For one thread.
 */
public final class FastTruncate {
  private static final String SAVEPOINT = "_cdc_truncate";

  /** Readers that come while the statement waits for those before them have to wait as well. */
  private static final String LOCK_TIMEOUT = "'2s'";

  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private final Session session;
  private final BelowFloorSql sql;

  /**
   * @param session within a transaction that has locked the table against writers
   */
  public FastTruncate(Session session, BelowFloorSql sql) {
    this.session = session;
    this.sql = sql;
  }

  /** Rows removed; empty where the table has others too, or is read for long. */
  public Optional<Long> run(Floor floor) throws SQLException {
    if (sql.keepsRows() || session.scanning(() -> session.number(sql.outliving(floor))) > 0) {
      return Optional.empty();
    }
    String table = sql.table().sql();
    long rows = session.scanning(() -> session.number("SELECT count(*) FROM " + table));
    session.execute("SAVEPOINT " + SAVEPOINT);
    try {
      session.execute("SET LOCAL lock_timeout = " + LOCK_TIMEOUT + "; TRUNCATE " + table);
    } catch (SQLException e) {
      if (!SqlErrors.state(e).equals(LOCK_NOT_AVAILABLE)) {
        throw e;
      }
      session.execute("ROLLBACK TO SAVEPOINT " + SAVEPOINT);
      return Optional.empty();
    }
    return Optional.of(rows);
  }
}
