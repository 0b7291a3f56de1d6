// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

/** As {@link PostgresCascadesIT}, on the oldest server. */
class PostgresOldCascadesIT extends PostgresCascadesIT {
  @Override
  public String version() {
    return "13";
  }
}
