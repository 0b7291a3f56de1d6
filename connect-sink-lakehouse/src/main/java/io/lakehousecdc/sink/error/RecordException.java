// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.error;

import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;

/**
 * A change that can never be applied: a value does not fit its column, or an unchanged TOAST value
 * is not known. Names the table and key of the change if the target can tell them; otherwise the
 * caller bisects the batch to find it.
 */
public final class RecordException extends TargetException implements Discreet {
  private static final long serialVersionUID = 1L;

  private final transient TableId table;
  private final transient RowKey key;

  /** A change of the commit cannot be applied, and the target cannot tell which. */
  public RecordException(String message, Throwable cause) {
    this(message, null, null, cause);
  }

  /**
   * A change cannot be applied.
   *
   * @param message what is wrong, where, and what to do; without values
   * @param table table of the change, or null if unknown
   * @param key key of the change, or null if unknown
   * @param cause may be null
   */
  public RecordException(String message, TableId table, RowKey key, Throwable cause) {
    super(message, cause);
    this.table = table;
    this.key = key;
  }

  @Override
  public String values() {
    return key == null || key.size() == 0 ? "" : "key " + key.text();
  }

  /** Table of the change; null if unknown. */
  public TableId table() {
    return table;
  }

  /** Key of the change; null if unknown. */
  public RowKey key() {
    return key;
  }
}
