// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.SkippedChange;
import io.lakehousecdc.sink.change.TableId;
import java.util.EnumMap;
import java.util.Map;

/** Counts the skipped changes of one table, and keeps the first of each reason. Not thread-safe. */
public final class SkipCounter {
  private final TableId table;
  private final Map<SkipReason, Long> counts = new EnumMap<>(SkipReason.class);
  private final Map<SkipReason, SkippedChange> first = new EnumMap<>(SkipReason.class);

  /**
   * @param table target table
   */
  public SkipCounter(TableId table) {
    this.table = table;
  }

  /**
   * A change was skipped.
   *
   * @param stored position that outranks it, or null
   */
  public void skip(SkipReason reason, RowKey key, Position position, Position stored) {
    counts.merge(reason, 1L, Long::sum);
    if (!first.containsKey(reason)) {
      first.put(reason, new SkippedChange(table, reason, key, position, stored));
    }
  }

  /** A change was skipped because a row of the key is stored that is newer. */
  public void outranked(RowKey key, Position position, Position stored) {
    skip(outranked(position, stored), key, position, stored);
  }

  /** Why a change is skipped whose row is stored at a position that is newer. */
  public static SkipReason outranked(Position position, Position stored) {
    return position.epoch() < stored.epoch() ? SkipReason.OLDER_HISTORY : SkipReason.SUPERSEDED;
  }

  /** A change was skipped because it is below a truncate or a sweep. */
  public void below(Floor floor, RowKey key, Position position) {
    boolean isTruncate = floor.cause() == Floor.Cause.TRUNCATE;
    skip(
        isTruncate ? SkipReason.BELOW_TRUNCATE : SkipReason.BELOW_SWEEP, key, position, floor.at());
  }

  /** So many more were skipped, of which nothing is known but the reason. */
  public void skip(SkipReason reason, long count) {
    if (count > 0) {
      counts.merge(reason, count, Long::sum);
    }
  }

  /** What was counted so far. */
  public Skips skips() {
    return counts.isEmpty() ? Skips.NONE : new Skips(counts, first.values().stream().toList());
  }
}
