// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.sink.batch.Skips;
import io.lakehousecdc.sink.change.SkipReason;

/**
 * The result of a commit, in rows.
 *
 * @param upserted rows written
 * @param deleted rows removed or marked as deleted, by deletes and truncates
 * @param skips changes that were skipped
 * @param toastMerged rows whose stored values were kept because the change left them untouched
 * @param orphaned rows that a completed snapshot did not contain (reported or removed)
 */
public record CommitReceipt(
    long upserted, long deleted, Skips skips, long toastMerged, long orphaned) {

  public static final CommitReceipt NOTHING = new CommitReceipt(0, 0, Skips.NONE, 0, 0);

  /** A receipt of changes that were all skipped because newer ones are stored. */
  public CommitReceipt(
      long upserted, long deleted, long superseded, long toastMerged, long orphaned) {
    this(upserted, deleted, Skips.of(SkipReason.SUPERSEDED, superseded), toastMerged, orphaned);
  }

  /** Number of skipped changes. */
  public long stale() {
    return skips.total();
  }

  /** Field by field sum. */
  public CommitReceipt plus(CommitReceipt other) {
    return new CommitReceipt(
        upserted + other.upserted,
        deleted + other.deleted,
        skips.plus(other.skips),
        toastMerged + other.toastMerged,
        orphaned + other.orphaned);
  }
}
