// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

/** Layout of encoded rows: which columns they have, and so where they can be copied to. */
enum RowLayout {
  /** All columns of the {@link io.lakehousecdc.sink.postgres.sql.StagingTable}. */
  STAGED,
  /** Those of the staging table that rows need of which all cells are known. */
  STAGED_WHOLE,
  /** Those of the table itself. */
  STORED
}
