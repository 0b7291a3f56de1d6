// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.error;

import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;

/**
 * A change that can never be applied: a value that does not fit, an unchanged value that is not
 * known. Names the row where the target can tell which it was; otherwise the caller bisects.
 */
public final class RecordException extends TargetException {
  private static final long serialVersionUID = 1L;

  private final transient TableId table;
  private final transient RowKey key;

  /** A change somewhere in the commit is to blame. */
  public RecordException(String message, Throwable cause) {
    this(message, null, null, cause);
  }

  /**
   * @param table table of the culprit, or null where unknown
   * @param key key of the culprit, or null where unknown
   */
  public RecordException(String message, TableId table, RowKey key, Throwable cause) {
    super(message, cause);
    this.table = table;
    this.key = key;
  }

  /** Table of the culprit; null where unknown. */
  public TableId table() {
    return table;
  }

  /** Key of the culprit; null where unknown. */
  public RowKey key() {
    return key;
  }
}
