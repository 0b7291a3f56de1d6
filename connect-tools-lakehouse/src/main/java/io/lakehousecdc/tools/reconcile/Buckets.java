// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.util.BitSet;

/**
 * Rows of a table, counted and summed up by their hashes in buckets: those whose keys' hashes have
 * the same lowest bits. Two tables with equal rows have equal buckets, and unequal ones have them
 * with a probability of 2^-64 for each bucket. Thread-safe.
 */
final class Buckets {
  /** So many rows in a bucket are as quickly looked through as one. */
  private static final int ROWS = 512;

  private static final int FEWEST = 64;

  /** Sums of more buckets are not in a processor's cache where a server groups rows by them. */
  private static final int USUAL = 1 << 12;

  /** Rows in a bucket of a large table at most, as those of buckets that differ are listed. */
  private static final int LISTED = 1 << 14;

  private static final int MOST = 1 << 16;

  private final long[] rows;
  private final long[] sums;

  private Buckets(int count) {
    rows = new long[count];
    sums = new long[count];
  }

  /** Empty buckets for a table of about so many rows. */
  static Buckets forRows(long rows) {
    long usual = Math.max(FEWEST, Math.min(USUAL, rows / ROWS));
    long wanted = Math.max(usual, Math.min(MOST, rows / LISTED));
    return new Buckets((int) Long.highestOneBit(wanted));
  }

  /** Empty buckets, as many as these. */
  Buckets alike() {
    return new Buckets(rows.length);
  }

  int count() {
    return rows.length;
  }

  /** Bucket of a key. */
  int of(long keyHash) {
    return (int) (keyHash & rows.length - 1);
  }

  synchronized void add(int bucket, long count, long sum) {
    rows[bucket] += count;
    sums[bucket] += sum;
  }

  /** Adds all of other buckets, which nobody changes meanwhile. */
  synchronized void add(Buckets others) {
    for (int i = 0; i < rows.length; i++) {
      rows[i] += others.rows[i];
      sums[i] += others.sums[i];
    }
  }

  /** The same without holding others off: for buckets that one thread alone fills. */
  void addAlone(long keyHash, long hash) {
    int bucket = of(keyHash);
    rows[bucket]++;
    sums[bucket] += hash;
  }

  synchronized long rows() {
    long all = 0;
    for (long each : rows) {
      all += each;
    }
    return all;
  }

  synchronized long rows(int bucket) {
    return rows[bucket];
  }

  /** Hash of all rows of a key, of the hashes of some of them and of others. */
  static long together(long hash, long others) {
    return hash + others;
  }

  /** Buckets that are not equal. */
  synchronized BitSet differing(Buckets other) {
    BitSet differing = new BitSet();
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] != other.rows[i] || sums[i] != other.sums[i]) {
        differing.set(i);
      }
    }
    return differing;
  }
}
