// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

/** The contract on the oldest supported PostgreSQL, by ON CONFLICT. */
class PostgresOldTargetIT extends PostgresTargetIT {
  @Override
  String version() {
    return "13";
  }
}
