// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

/**
 * The result of a commit, in numbers of rows.
 *
 * @param upserted rows written
 * @param deleted rows removed or marked deleted, by deletes and truncates
 * @param stale changes that were skipped because the stored row, or a truncate, was newer
 * @param toastMerged rows whose stored TOAST values were kept because the change left them
 *     untouched
 * @param orphaned rows that a completed snapshot did not contain (reported or removed)
 */
public record CommitReceipt(
    long upserted, long deleted, long stale, long toastMerged, long orphaned) {

  public static final CommitReceipt NOTHING = new CommitReceipt(0, 0, 0, 0, 0);

  /** The sum of both, field by field. */
  public CommitReceipt plus(CommitReceipt other) {
    return new CommitReceipt(
        upserted + other.upserted,
        deleted + other.deleted,
        stale + other.stale,
        toastMerged + other.toastMerged,
        orphaned + other.orphaned);
  }
}
