// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import java.util.List;

/**
 * The options of {@code write.mode=history}: a slowly changing dimension of type 2, in which each
 * version of a row is a row. Immutable.
 *
 * @param columns names of the columns that tell when a version was valid
 * @param since since when the first version of a row of a snapshot is valid
 * @param tracked columns whose changes make a version
 */
public record HistoryOptions(HistoryColumns columns, Since since, TrackedColumns tracked) {

  /** {@code history.since}. */
  public enum Since {
    /** Since the time of the snapshot. */
    FIRST_CHANGE,
    /** Since ever. */
    BEGINNING
  }

  /**
   * Names of the columns that a table of versions has beside the source's and the metadata columns.
   * The latter tell of the last change that was applied to a version, which may have closed it;
   * {@code epoch}, {@code commitLsn} and {@code lsn} are the position of the change that has opened
   * it, and with the source's key they are the key of the table.
   *
   * @param validFrom commit time from which on the version is valid (timestamp with time zone)
   * @param validTo commit time until which it is valid, exclusive; NULL for the current version
   * @param current whether it is the current version (boolean)
   */
  public record HistoryColumns(
      String validFrom,
      String validTo,
      String current,
      String epoch,
      String commitLsn,
      String lsn) {

    public static final HistoryColumns DEFAULT =
        new HistoryColumns(
            "valid_from",
            "valid_to",
            "is_current",
            "_cdc_from_epoch",
            "_cdc_from_commit_lsn",
            "_cdc_from_lsn");

    /** The columns of the position of the change that has opened a version, in order. */
    public List<String> opened() {
      return List.of(epoch, commitLsn, lsn);
    }
  }

  /** Every column of the source makes versions. */
  public static final HistoryOptions DEFAULT =
      new HistoryOptions(HistoryColumns.DEFAULT, Since.FIRST_CHANGE, TrackedColumns.ALL);
}
