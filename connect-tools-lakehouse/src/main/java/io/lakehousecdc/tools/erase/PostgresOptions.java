// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

/** How pages of PostgreSQL are freed of rows that were deleted. */
enum PostgresOptions {
  /** {@code VACUUM}: beside readers and writers; bytes may stay on pages until they are reused. */
  VACUUM,
  /** {@code VACUUM FULL}: writes the table anew, and locks it meanwhile. */
  VACUUM_FULL
}
