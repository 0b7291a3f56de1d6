// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.change.TableId;
import java.sql.SQLException;

/**
 * A unique constraint other than the key refused rows of a table: they may swap values among each
 * other, which works where they are removed first and written anew.
 */
public final class SwapException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient TableId table;
  private final SQLException refusal;

  SwapException(TableId table, SQLException refusal) {
    super(refusal);
    this.table = table;
    this.refusal = refusal;
  }

  public TableId table() {
    return table;
  }

  public SQLException refusal() {
    return refusal;
  }
}
