// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A histogram of the values of the last one to two minutes. Quantiles are exact to about 6 percent;
 * memory and cost are fixed. Thread-safe: a value recorded while a new window begins may count in
 * the old window or in the new one.
 */
public final class Histogram {
  private static final long WINDOW_NANOS = 60_000_000_000L;
  private static final int STEPS = 16;
  private static final int BUCKETS = 64 * STEPS;

  private volatile AtomicLongArray current = new AtomicLongArray(BUCKETS);
  private volatile AtomicLongArray previous = new AtomicLongArray(BUCKETS);
  private volatile long windowBegan = System.nanoTime();

  /** Counts a value; what is below 0 counts as 0. */
  public void record(long value) {
    rotate();
    current.incrementAndGet(bucket(value));
  }

  /** Upper bound of the given quantile; 0 where nothing was recorded. */
  public long quantile(double quantile) {
    rotate();
    AtomicLongArray now = current;
    AtomicLongArray before = previous;
    long total = 0;
    for (int i = 0; i < BUCKETS; i++) {
      total += now.get(i) + before.get(i);
    }
    long rank = (long) Math.ceil(total * quantile);
    long seen = 0;
    for (int i = 0; i < BUCKETS && total > 0; i++) {
      seen += now.get(i) + before.get(i);
      if (seen >= rank) {
        return upperBound(i);
      }
    }
    return 0;
  }

  private void rotate() {
    long elapsed = System.nanoTime() - windowBegan;
    if (elapsed > WINDOW_NANOS) {
      synchronized (this) {
        elapsed = System.nanoTime() - windowBegan;
        if (elapsed > WINDOW_NANOS) {
          previous = elapsed > 2 * WINDOW_NANOS ? new AtomicLongArray(BUCKETS) : current;
          current = new AtomicLongArray(BUCKETS);
          windowBegan = System.nanoTime();
        }
      }
    }
  }

  private static int bucket(long value) {
    if (value < STEPS) {
      return (int) Math.max(0, value);
    }
    int magnitude = 63 - Long.numberOfLeadingZeros(value);
    int step = (int) (value >>> (magnitude - 4)) - STEPS;
    return (magnitude - 3) * STEPS + step;
  }

  private static long upperBound(int bucket) {
    if (bucket < STEPS) {
      return bucket;
    }
    int magnitude = bucket / STEPS + 3;
    long step = bucket % STEPS + STEPS;
    return ((step + 1) << (magnitude - 4)) - 1;
  }
}
