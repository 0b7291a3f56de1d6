// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.sink.batch.Skips;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.TableId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The result of a commit, in rows.
 *
 * @param upserted rows written
 * @param deleted rows removed or marked as deleted, by deletes and truncates
 * @param skips changes that were skipped
 * @param toastMerged rows whose stored values were kept because the change left them untouched
 * @param orphaned rows that a completed snapshot did not contain (reported or removed)
 * @param tables what of it concerns each table of the commit, as far as the target tells
 * @param isStatusWritten whether {@link Commit#status} is stored with the rows
 */
public record CommitReceipt(
    long upserted,
    long deleted,
    Skips skips,
    long toastMerged,
    long orphaned,
    Map<TableId, CommitReceipt> tables,
    boolean isStatusWritten) {

  public static final CommitReceipt NOTHING = new CommitReceipt(0, 0, Skips.NONE, 0, 0);

  /** A receipt that does not tell of which table it is. */
  public CommitReceipt(long upserted, long deleted, Skips skips, long toastMerged, long orphaned) {
    this(upserted, deleted, skips, toastMerged, orphaned, Map.of(), false);
  }

  /** A receipt of changes that were all skipped because newer ones are stored. */
  public CommitReceipt(
      long upserted, long deleted, long superseded, long toastMerged, long orphaned) {
    this(upserted, deleted, Skips.of(SkipReason.SUPERSEDED, superseded), toastMerged, orphaned);
  }

  /** Number of skipped changes. */
  public long stale() {
    return skips.total();
  }

  /** The same of a table, which is told. */
  public CommitReceipt of(TableId table) {
    return new CommitReceipt(
        upserted, deleted, skips, toastMerged, orphaned, Map.of(table, this), isStatusWritten);
  }

  /** The same where the status is stored, too. */
  public CommitReceipt withStatusWritten() {
    return new CommitReceipt(upserted, deleted, skips, toastMerged, orphaned, tables, true);
  }

  /**
   * What a commit adds to the status of tables, with what this tells of them. Of a table that
   * several topics feed, the first is taken to have done it.
   */
  public List<TableStatus> addedTo(List<TableStatus> status) {
    Set<TableId> told = new HashSet<>();
    return status.stream()
        .map(
            each ->
                tables.containsKey(each.key().table()) && told.add(each.key().table())
                    ? each.with(tables.get(each.key().table()))
                    : each)
        .toList();
  }

  /** The same with tables by other names. */
  public CommitReceipt named(UnaryOperator<TableId> names) {
    Map<TableId, CommitReceipt> named = new HashMap<>();
    tables.forEach((table, receipt) -> named.put(names.apply(table), receipt));
    return new CommitReceipt(
        upserted, deleted, skips, toastMerged, orphaned, Map.copyOf(named), isStatusWritten);
  }

  /** Field by field sum. */
  public CommitReceipt plus(CommitReceipt other) {
    return new CommitReceipt(
        upserted + other.upserted,
        deleted + other.deleted,
        skips.plus(other.skips),
        toastMerged + other.toastMerged,
        orphaned + other.orphaned,
        sum(tables, other.tables),
        isStatusWritten || other.isStatusWritten);
  }

  private static Map<TableId, CommitReceipt> sum(
      Map<TableId, CommitReceipt> one, Map<TableId, CommitReceipt> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() ? other : one;
    }
    Map<TableId, CommitReceipt> sums = new HashMap<>(one);
    other.forEach((table, receipt) -> sums.merge(table, receipt, CommitReceipt::plus));
    return Map.copyOf(sums);
  }
}
