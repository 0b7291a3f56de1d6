// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.spi.CommitReceipt;
import java.sql.SQLException;
import java.util.Set;

/**
 * The writing of one batch to one table, in steps that are interleaved with those of other tables:
 * first all are staged, then rows removed (children before parents), then rows written (parents
 * first). What comes of a failed step is for the caller to roll back. For one use; not thread-safe.
 */
interface TableWrite {

  /**
   * Sends the changes to the server.
   *
   * @return NOT NULL columns that are to receive NULL
   */
  Set<PgColumn> stage() throws SQLException;

  /** Applies the truncate and the deletes. */
  void remove() throws SQLException;

  /** Applies everything else. */
  void write() throws SQLException;

  /** What was done so far. */
  CommitReceipt receipt();
}
