// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

/** As {@link PostgresKeyMismatchIT}, on the oldest server. */
class PostgresOldKeyMismatchIT extends PostgresKeyMismatchIT {
  @Override
  public String version() {
    return "13";
  }
}
