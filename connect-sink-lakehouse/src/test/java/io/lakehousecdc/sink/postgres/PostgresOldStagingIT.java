// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

/** Staging tables on a PostgreSQL that takes no STORAGE when a table is created. */
class PostgresOldStagingIT extends PostgresStagingIT {
  @Override
  public String version() {
    return "15";
  }

  /** PostgreSQL 15 cannot add a column of that kind in one statement. */
  @Override
  void rowThatTheServerFindsTooLongIsStagedByTheNextAttempt() {}
}
