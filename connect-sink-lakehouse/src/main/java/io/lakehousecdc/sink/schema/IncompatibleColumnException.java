// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.schema;

import io.lakehousecdc.sink.change.LogicalType;

/** A stored column can neither store values of the incoming type nor be widened to it. */
public final class IncompatibleColumnException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String column;

  public IncompatibleColumnException(String column, LogicalType incoming, LogicalType stored) {
    super(
        "Column "
            + column
            + " is stored as "
            + stored
            + " and cannot hold "
            + incoming
            + ". Change the column's type in the target, exclude the field, or give the table"
            + " another name and snapshot it anew.");
    this.column = column;
  }

  /** Name of the column. */
  public String column() {
    return column;
  }
}
