// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.measure.Latencies;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The duration of each phase of commits, by the target's own metrics. Not thread-safe. */
final class Phases {
  private static final String PREFIX = "delta-commit-";
  private static final String SUFFIX = "-micros";

  private final Map<String, Latencies> durations = new TreeMap<>();

  /**
   * Adds one commit.
   *
   * @param before the target's metrics when it began
   * @param after the target's metrics when it was done
   */
  void add(Map<String, Long> before, Map<String, Long> after) {
    after.forEach(
        (name, micros) -> {
          if (name.startsWith(PREFIX) && name.endsWith(SUFFIX)) {
            durations
                .computeIfAbsent(phase(name), phase -> new Latencies())
                .add(TimeUnit.MICROSECONDS.toNanos(micros - before.get(name)));
          }
        });
  }

  /** Prints medians and 99th percentiles in milliseconds. */
  void print(int rows) {
    Result result = Result.of("delta").with("what", "phases").with("rows", rows);
    durations.forEach((phase, all) -> result.with(phase + "_ms", millis(all, 0.5)));
    durations.forEach((phase, all) -> result.with(phase + "_p99_ms", millis(all, 0.99)));
    result.print();
  }

  private static String phase(String name) {
    return name.substring(PREFIX.length(), name.length() - SUFFIX.length()).replace('-', '_');
  }

  private static String millis(Latencies all, double share) {
    return String.format(Locale.ROOT, "%.1f", all.quantileMillis(share));
  }
}
