// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

/** As {@link PostgresUsersTableIT}, on the oldest server. */
class PostgresOldUsersTableIT extends PostgresUsersTableIT {
  @Override
  public String version() {
    return "13";
  }
}
