// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks;

import io.lakehousecdc.benchmarks.converter.ConverterBenchmark;
import io.lakehousecdc.benchmarks.delta.DeltaBacklogBenchmark;
import io.lakehousecdc.benchmarks.delta.DeltaBenchmark;
import io.lakehousecdc.benchmarks.delta.DeltaFilesBenchmark;
import io.lakehousecdc.benchmarks.delta.DeltaLevelBenchmark;
import io.lakehousecdc.benchmarks.harness.Benchmark;
import io.lakehousecdc.benchmarks.harness.Options;
import io.lakehousecdc.benchmarks.postgres.PostgresBenchmark;
import io.lakehousecdc.benchmarks.reconcile.ReconcileBenchmark;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The main class: runs the benchmark that the first argument names, with the other arguments. */
public final class Main {
  private static final Map<String, Benchmark> BENCHMARKS =
      new TreeMap<>(
          Map.of(
              "converter",
              new ConverterBenchmark(),
              "delta",
              new DeltaBenchmark(),
              "delta-backlog",
              new DeltaBacklogBenchmark(),
              "delta-files",
              new DeltaFilesBenchmark(),
              "delta-level",
              new DeltaLevelBenchmark(),
              "postgres",
              new PostgresBenchmark(),
              "reconcile",
              new ReconcileBenchmark()));

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    Benchmark benchmark = arguments.length == 0 ? null : BENCHMARKS.get(arguments[0]);
    if (benchmark == null) {
      System.err.print(usage());
      System.exit(2);
      return;
    }
    Options options;
    try {
      options =
          Options.parse(benchmark.options(), Arrays.asList(arguments).subList(1, arguments.length));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(usage());
      System.exit(2);
      return;
    }
    benchmark.run(options);
  }

  private static String usage() {
    StringBuilder text = new StringBuilder("usage: benchmarks/run.sh <name> [--option value …]\n");
    BENCHMARKS.forEach(
        (name, benchmark) -> {
          text.append(name).append('\n');
          benchmark.options().forEach(option -> text.append("  ").append(option).append('\n'));
        });
    return text.toString();
  }
}
