// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The keys of a new file with their rows, collected beside the users of an index and then put into
 * it at once, part by part of the index: several times as fast as in the file's order, because each
 * part fits the processor's caches. Not for use by several threads at a time.
 */
public final class KeyMoves {
  private static final int PARTS = 1 << KeyIndex.MANY_BITS;
  private static final int PART_SHIFT = Long.SIZE - KeyIndex.MANY_BITS;

  private static final int FEW = 1024;

  private long[] first;
  private long[] second;
  private int[] rows;
  private int count;

  /** Makes room for a few keys, and for more as they come. */
  public KeyMoves() {
    this(FEW);
  }

  /**
   * Makes room.
   *
   * @param keys how many are expected; there may be more
   */
  public KeyMoves(int keys) {
    int room = Math.max(keys, FEW);
    first = new long[room];
    second = new long[room];
    rows = new int[room];
  }

  /** Remembers that the key is in that row of the new file. */
  public void add(EncodedKey key, int row) {
    if (count == first.length) {
      int larger = count + (count >>> 1);
      first = Arrays.copyOf(first, larger);
      second = Arrays.copyOf(second, larger);
      rows = Arrays.copyOf(rows, larger);
    }
    first[count] = key.first();
    second[count] = key.second();
    rows[count] = row;
    count++;
  }

  /** Brings the keys into the order of the index's parts; worth doing before others wait. */
  public void arrange() {
    int[] next = new int[PARTS + 1];
    for (int i = 0; i < count; i++) {
      next[part(first[i]) + 1]++;
    }
    for (int part = 0; part < PARTS; part++) {
      next[part + 1] += next[part];
    }
    long[] newFirst = new long[count];
    long[] newSecond = new long[count];
    int[] newRows = new int[count];
    for (int i = 0; i < count; i++) {
      int to = next[part(first[i])]++;
      newFirst[to] = first[i];
      newSecond[to] = second[i];
      newRows[to] = rows[i];
    }
    first = newFirst;
    second = newSecond;
    rows = newRows;
  }

  /**
   * Points the keys to the file.
   *
   * @param gone rows to leave out: they were deleted or replaced meanwhile
   */
  public void apply(KeyIndex index, int file, IntPredicate gone) {
    apply(index, file, gone, (key, location) -> {});
  }

  /** Is told where a key pointed before. */
  @FunctionalInterface
  public interface Before {
    /**
     * @param key valid until this returns
     * @param location {@link Location}, or {@link Location#ABSENT}
     */
    void pointed(EncodedKey key, long location);
  }

  /**
   * The same.
   *
   * @return a number without meaning, so that the compiler cannot leave reads out that are made for
   *     their speed alone
   */
  public long apply(KeyIndex index, int file, IntPredicate gone, Before before) {
    EncodedKey key = new EncodedKey();
    long touched = 0;
    for (int i = 0; i < count; i++) {
      if (i % KeyIndex.TOUCHED_AT_ONCE == 0) {
        touched ^= index.touch(first, i, Math.min(count, i + KeyIndex.TOUCHED_AT_ONCE));
      }
      if (!gone.test(rows[i])) {
        key.set(first[i], second[i]);
        before.pointed(key, index.put(key, file, rows[i]));
      }
    }
    return touched;
  }

  private static int part(long bits) {
    return (int) (bits >>> PART_SHIFT);
  }
}
