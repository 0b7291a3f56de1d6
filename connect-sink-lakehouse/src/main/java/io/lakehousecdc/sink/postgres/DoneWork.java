// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.TableId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was carried out before the commits that demand it, until these are made: truncates, with the
 * rows that they removed, and the clearing of columns. Thread-safe.
 */
final class DoneWork {
  private final Map<Truncate, Long> rows = new ConcurrentHashMap<>();
  private final Set<Cleared> cleared = ConcurrentHashMap.newKeySet();

  /**
   * A truncate.
   *
   * @param table as stored
   */
  record Truncate(TableId table, Floor floor) {}

  /**
   * Columns that were set to NULL.
   *
   * @param table as stored
   */
  record Cleared(TableId table, List<String> columns) {}

  boolean contains(Cleared work) {
    return cleared.contains(work);
  }

  /** Whether columns of the batch's table were set to NULL for it. */
  boolean isCleared(TableBatch batch) {
    return cleared.stream().anyMatch(work -> work.table().equals(batch.table()));
  }

  void add(Cleared work) {
    cleared.add(work);
  }

  boolean contains(Truncate truncate) {
    return rows.containsKey(truncate);
  }

  void add(Truncate truncate, long removed) {
    rows.put(truncate, removed);
  }

  /** Batches, their tables as stored, without the truncates that are carried out. */
  List<TableBatch> without(List<TableBatch> batches) {
    return rows.isEmpty() ? batches : batches.stream().map(this::without).toList();
  }

  private TableBatch without(TableBatch batch) {
    return batch.withTruncates(
        batch.truncates().stream()
            .filter(floor -> !contains(new Truncate(batch.table(), floor)))
            .toList());
  }

  /** The batches have been committed: gives the number of rows that were removed for them. */
  long committed(List<TableBatch> batches) {
    long removed = 0;
    for (TableBatch batch : batches) {
      cleared.removeIf(work -> work.table().equals(batch.table()));
      for (Floor floor : batch.truncates()) {
        Long found = rows.remove(new Truncate(batch.table(), floor));
        removed += found == null ? 0 : found;
      }
    }
    return removed;
  }

  /** Forgets what is carried out: the next commit may be another task's. */
  void reset() {
    rows.clear();
    cleared.clear();
  }
}
