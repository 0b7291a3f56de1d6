// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** A sink that holds rows in memory until it commits them with the offset to go on from. */
final class ModelSink {
  private final boolean guarded;
  private State committed = new State();
  private State current = new State();
  private long committedOffset;

  private ModelSink(boolean guarded) {
    this.guarded = guarded;
  }

  /** Applies a change only if no later one of its key, or truncate, was applied. */
  static ModelSink guarded() {
    return new ModelSink(true);
  }

  /** Applies all records, and treats a tombstone as a delete. */
  static ModelSink lastWriteWins() {
    return new ModelSink(false);
  }

  void put(SourceLog.Entry entry) {
    if (entry.isTruncate()) {
      truncate(entry.order());
    } else if (!guarded || !isStale(entry)) {
      current.orders.put(entry.key(), entry.order());
      if (entry.value() == null) {
        current.rows.remove(entry.key());
      } else {
        current.rows.put(entry.key(), entry.value().over(current.rows.get(entry.key())));
      }
    }
  }

  void commit(long nextOffset) {
    committed = current.copy();
    committedOffset = nextOffset;
  }

  /** Loses what is not committed; returns the offset to go on from. */
  long rollBack() {
    current = committed.copy();
    return committedOffset;
  }

  TreeMap<Long, SourceLog.Row> rows() {
    return current.rows;
  }

  private boolean isStale(SourceLog.Entry entry) {
    return entry.order() < current.truncated
        || entry.order() < current.orders.getOrDefault(entry.key(), 0);
  }

  private void truncate(int order) {
    current.truncated = Math.max(current.truncated, order);
    current.rows.keySet().removeIf(key -> !guarded || current.orders.getOrDefault(key, 0) < order);
  }

  private static final class State {
    private final TreeMap<Long, SourceLog.Row> rows = new TreeMap<>();
    private final Map<Long, Integer> orders = new HashMap<>();
    private int truncated;

    State copy() {
      State copy = new State();
      copy.rows.putAll(rows);
      copy.orders.putAll(orders);
      copy.truncated = truncated;
      return copy;
    }
  }
}
