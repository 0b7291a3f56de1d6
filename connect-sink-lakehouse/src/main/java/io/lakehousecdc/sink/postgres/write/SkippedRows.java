// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.SkipCounter;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.SkipReason;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The reasons for which staged rows are not applied, found with queries that are made only where
 * some are not. Not thread-safe.
 */
final class SkippedRows {
  private final SkipCounter skips;
  private final StagedRows staged;

  SkippedRows(SkipCounter skips, StagedRows staged) {
    this.skips = skips;
    this.staged = staged;
  }

  /** A change whose row is gone. */
  void gone(RowChange change) {
    skips.skip(SkipReason.NO_ROW, change.key(), change.info().position(), null);
  }

  /** A delete of a row that is not stored. */
  void nothingToDelete(RowChange change) {
    skips.skip(SkipReason.NOTHING_TO_DELETE, change.key(), change.info().position(), null);
  }

  /**
   * Counts staged rows that stored ones outrank.
   *
   * @param row result of a query as {@link io.lakehousecdc.sink.postgres.sql.MergeSql#outranked}
   *     makes it
   * @return how many they are
   */
  long outranked(ResultSet row) throws SQLException {
    long all = 0;
    while (row.next()) {
      RowChange example = staged.change(row.getInt(1));
      Position stored = new Position(row.getInt(2), row.getLong(3), row.getLong(4));
      long count = row.getLong(5);
      skips.outranked(example.key(), example.info().position(), stored);
      skips.skip(SkipCounter.outranked(example.info().position(), stored), count - 1);
      all += count;
    }
    return all;
  }

  /** So many rows were not applied, and no stored one outranks them. */
  void unmatched(long count) {
    skips.skip(SkipReason.NO_ROW, count);
  }
}
