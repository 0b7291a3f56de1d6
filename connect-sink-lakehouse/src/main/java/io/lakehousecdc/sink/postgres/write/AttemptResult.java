// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.spi.CommitReceipt;

/** What became of an attempt to commit, as far as another attempt may fare better. */
public sealed interface AttemptResult {

  /** All is applied; the transaction is open. */
  record Applied(CommitReceipt receipt) implements AttemptResult {}

  /**
   * A unique constraint other than the key refused rows of a table. They may swap values among each
   * other, which works where they are removed first and written anew. The transaction has failed.
   *
   * @param table the table
   * @param failure what it is where they were removed first already
   */
  record UniqueValuesClash(TableId table, TargetException failure) implements AttemptResult {}

  /**
   * Somebody has changed tables under the session, and what it has cached of them is wrong. The
   * transaction has failed.
   *
   * @param failure what it is in a new session
   */
  record Outdated(TargetException failure) implements AttemptResult {}
}
