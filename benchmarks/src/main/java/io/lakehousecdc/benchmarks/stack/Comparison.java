// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.stack;

import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.load.Shape;
import io.lakehousecdc.benchmarks.load.Wire;
import io.lakehousecdc.benchmarks.measure.Median;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The results of all sides with all converters, each with the median of its rounds. Not
 * thread-safe.
 */
public final class Comparison {
  private final String name;
  private final Shape shape;
  private final Throughput.Workers workers;
  private final double storeMicros;
  private final Map<Wire, Map<Side, List<Throughput.Measured>>> rounds = new EnumMap<>(Wire.class);

  private Comparison(String name, Throughput throughput, double storeMicros) {
    this.name = name;
    this.shape = throughput.shape();
    this.workers = throughput.workers();
    this.storeMicros = storeMicros;
  }

  /**
   * Measures the sides, one after the other in each round, and prints the results.
   *
   * @param name name at the beginning of each result line
   * @param storeMicros processor time that a bare store takes for an event; 0 if it is not known
   */
  public static void run(
      String name,
      Throughput throughput,
      List<Wire> wires,
      List<Side> sides,
      int rounds,
      double storeMicros)
      throws IOException, SQLException {
    Comparison comparison = new Comparison(name, throughput, storeMicros);
    for (Wire wire : wires) {
      for (int round = 1; round <= rounds; round++) {
        for (Side side : sides) {
          comparison.add(wire, side, throughput.measure(side, wire, round));
        }
      }
    }
    wires.forEach(comparison::print);
  }

  /** Adds a round and prints it at once. */
  private void add(Wire wire, Side side, Throughput.Measured measured) {
    rounds
        .computeIfAbsent(wire, absent -> new EnumMap<>(Side.class))
        .computeIfAbsent(side, absent -> new ArrayList<>())
        .add(measured);
    System.out.printf(
        java.util.Locale.ROOT,
        "%s %s: %.0f events/s in %.1f s%n",
        side,
        wire,
        measured.eventsPerSecond(),
        measured.seconds());
  }

  /** Prints a result line for each side with this converter, and one for the limit. */
  private void print(Wire wire) {
    Limit limit =
        new Limit(
            median(wire, Side.NOOP, Throughput.Measured::cpuMicros),
            median(wire, Side.NOOP, Throughput.Measured::brokerMicros),
            storeMicros);
    rounds
        .get(wire)
        .forEach(
            (side, measured) ->
                Result.of(name)
                    .with("side", side)
                    .with("converter", wire)
                    .with("table", shape)
                    .with("workers", workers)
                    .whole("events_per_s", speed(wire, side))
                    .ratio("ratio_to_noop", speed(wire, side), speed(wire, Side.NOOP))
                    .ratio(
                        "ratio_to_debezium_jdbc",
                        speed(wire, side),
                        speed(wire, Side.DEBEZIUM_JDBC))
                    .ratio("ratio_to_lakehouse", speed(wire, side), speed(wire, Side.LAKEHOUSE))
                    .ratio("ratio_to_limit", speed(wire, side), limit.eventsPerSecond())
                    .ratio("ratio_to_json_noop", speed(wire, side), speed(Wire.JSON, Side.NOOP))
                    .ratio(
                        "ratio_to_json_debezium_jdbc",
                        speed(wire, side),
                        speed(Wire.JSON, Side.DEBEZIUM_JDBC))
                    .tenths("worker_cpu_us", median(wire, side, Throughput.Measured::cpuMicros))
                    .tenths(
                        "above_noop_cpu_us",
                        median(wire, side, Throughput.Measured::cpuMicros) - limit.workerMicros())
                    .with("heap_mb", peakHeap(measured))
                    .with("equal", isEqual(side, measured))
                    .print());
    Result.of(name)
        .with("side", "limit")
        .with("converter", wire)
        .with("table", shape)
        .with("workers", workers)
        .whole("events_per_s", limit.eventsPerSecond())
        .tenths("worker_cpu_us", limit.workerMicros())
        .tenths("broker_cpu_us", limit.brokerMicros())
        .tenths("store_cpu_us", limit.storeMicros())
        .print();
  }

  /** 0 where the side was not measured. */
  private double speed(Wire wire, Side side) {
    return median(wire, side, Throughput.Measured::eventsPerSecond);
  }

  private double median(Wire wire, Side side, Function<Throughput.Measured, Double> figure) {
    return Median.of(
        rounds.getOrDefault(wire, Map.of()).getOrDefault(side, List.of()).stream()
            .map(figure)
            .toList());
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
