// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.stack;

import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.load.Wire;
import io.lakehousecdc.benchmarks.measure.Median;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The results of all sides on one topic, each with the median of its rounds. Not thread-safe. */
public final class Comparison {
  private final String name;
  private final Wire wire;
  private final Map<Side, List<Throughput.Measured>> rounds = new EnumMap<>(Side.class);

  private Comparison(String name, Wire wire) {
    this.name = name;
    this.wire = wire;
  }

  /**
   * Measures the sides, one after the other in each round, and prints the results.
   *
   * @param name name at the beginning of each result line
   */
  public static void run(
      String name, Throughput throughput, Wire wire, List<Side> sides, int rounds)
      throws IOException, SQLException {
    Comparison comparison = new Comparison(name, wire);
    for (int round = 1; round <= rounds; round++) {
      for (Side side : sides) {
        comparison.add(side, throughput.measure(side, wire, round));
      }
    }
    comparison.print();
  }

  /** Adds a round and prints it at once. */
  private void add(Side side, Throughput.Measured measured) {
    rounds.computeIfAbsent(side, absent -> new ArrayList<>()).add(measured);
    System.out.printf(
        java.util.Locale.ROOT,
        "%s %s: %.0f events/s in %.1f s%n",
        side,
        wire,
        measured.eventsPerSecond(),
        measured.seconds());
  }

  /** Prints a result line for each side. */
  private void print() {
    rounds.forEach(
        (side, measured) -> {
          Result.of(name)
              .with("side", side)
              .with("converter", wire)
              .whole("events_per_s", speed(side))
              .ratio("ratio_to_noop", speed(side), speed(Side.NOOP))
              .ratio("ratio_to_debezium_jdbc", speed(side), speed(Side.DEBEZIUM_JDBC))
              .whole("worker_cpu_us", median(side, Throughput.Measured::cpuMicros))
              .with("heap_mb", peakHeap(measured))
              .with("equal", isEqual(side, measured))
              .print();
        });
  }

  /** 0 where the side was not measured. */
  private double speed(Side side) {
    return median(side, Throughput.Measured::eventsPerSecond);
  }

  private double median(Side side, Function<Throughput.Measured, Double> figure) {
    return Median.of(rounds.getOrDefault(side, List.of()).stream().map(figure).toList());
  }

  private static long peakHeap(List<Throughput.Measured> measured) {
    return measured.stream().mapToLong(Throughput.Measured::heapMegabytes).max().orElse(0);
  }

  private static String isEqual(Side side, List<Throughput.Measured> measured) {
    return side.writes()
        ? "" + measured.stream().allMatch(each -> each.equal().orElse(false))
        : "n/a";
  }
}
