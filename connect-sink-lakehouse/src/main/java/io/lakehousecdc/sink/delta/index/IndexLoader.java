// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import java.util.function.LongPredicate;

/**
 * The loader that fills a {@link KeyIndex} from several threads at once. Each thread has its own
 * loader, puts keys into it and flushes it at the end; the index is for nobody else until all have.
 *
 * <p>Keys are collected until a few belong to the same part of the index, because taking a lock for
 * each would cost more than storing it.
 */
public final class IndexLoader {
  private static final int GROUPS = 64;
  private static final int GROUP_SHIFT = Long.SIZE - 6;
  private static final int BATCH = 512;

  private final KeyIndex index;
  private final LongPredicate counted;
  private final long[][] first = new long[GROUPS][BATCH];
  private final long[][] second = new long[GROUPS][BATCH];
  private final long[][] ordinals = new long[GROUPS][BATCH];
  private final int[] counts = new int[GROUPS];
  private long duplicates;

  public IndexLoader(KeyIndex index) {
    this(index, location -> true);
  }

  /**
   * @param counted which {@link Location} of a key in the index makes it a duplicate; called by the
   *     thread of the loader
   */
  public IndexLoader(KeyIndex index, LongPredicate counted) {
    this.index = index;
    this.counted = counted;
  }

  /** Points a key to a row. */
  public void put(EncodedKey key, int file, int row) {
    int group = (int) (key.first >>> GROUP_SHIFT);
    int at = counts[group]++;
    first[group][at] = key.first;
    second[group][at] = key.second;
    ordinals[group][at] = index.ordinal(file, row);
    if (at + 1 == BATCH) {
      flush(group);
    }
  }

  /** Stores what has been put. */
  public void flush() {
    for (int group = 0; group < GROUPS; group++) {
      flush(group);
    }
  }

  /**
   * Keys put by this loader that were in the index before, with another place, from whichever
   * thread: a table with primary keys has none.
   */
  public long duplicates() {
    return duplicates;
  }

  private void flush(int group) {
    for (int i = 0; i < counts[group]; i++) {
      long bits = first[group][i];
      Segment segment = index.segment(bits);
      synchronized (segment) {
        long before = segment.put(bits, second[group][i], ordinals[group][i]);
        if (before != 0 && before != ordinals[group][i] && counted.test(index.location(before))) {
          duplicates++;
        }
      }
    }
    counts[group] = 0;
  }
}
