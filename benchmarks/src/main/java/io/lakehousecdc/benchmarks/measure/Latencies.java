// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.measure;

import java.util.Arrays;

/** Durations and their quantiles. Not thread-safe. */
public final class Latencies {
  private long[] nanos = new long[1024];
  private int size;

  public void add(long durationNanos) {
    if (size == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * size);
    }
    nanos[size++] = durationNanos;
  }

  public int size() {
    return size;
  }

  /**
   * The duration in milliseconds that this share of all does not exceed.
   *
   * @param share between 0 and 1
   * @throws IllegalStateException where nothing was added
   */
  public double quantileMillis(double share) {
    if (size == 0) {
      throw new IllegalStateException("no duration was measured");
    }
    long[] sorted = Arrays.copyOf(nanos, size);
    Arrays.sort(sorted);
    int index = (int) Math.ceil(share * size) - 1;
    return sorted[Math.max(0, index)] / 1e6;
  }
}
