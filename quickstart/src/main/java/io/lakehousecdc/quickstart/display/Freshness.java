// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.display;

import java.time.Duration;

/**
 * The time from the commit at the source to the commit in the warehouse, over the last one to two
 * minutes of a sink task.
 */
public record Freshness(Duration p50, Duration p99) {
  @Override
  public String toString() {
    return "p50 %s, p99 %s".formatted(text(p50), text(p99));
  }

  private static String text(Duration duration) {
    long millis = duration.toMillis();
    return millis < 10_000 ? millis + " ms" : millis / 1000 + " s";
  }
}
