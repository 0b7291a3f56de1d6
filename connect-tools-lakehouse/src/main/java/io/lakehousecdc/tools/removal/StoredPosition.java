// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.removal;

/**
 * The position of a row as its metadata columns hold it. Each is null where the row has NULL there,
 * or the table has no such column.
 *
 * @param epoch number of the history
 * @param commitLsn LSN of the commit before
 * @param lsn LSN of the change
 */
public record StoredPosition(Integer epoch, Long commitLsn, Long lsn) {

  /** Of a row without metadata. */
  public static final StoredPosition NONE = new StoredPosition(null, null, null);

  /** Of three cells, of any types of numbers; null for NULL. */
  public static StoredPosition of(Object epoch, Object commitLsn, Object lsn) {
    return new StoredPosition(
        epoch == null ? null : ((Number) epoch).intValue(),
        commitLsn == null ? null : ((Number) commitLsn).longValue(),
        lsn == null ? null : ((Number) lsn).longValue());
  }
}
