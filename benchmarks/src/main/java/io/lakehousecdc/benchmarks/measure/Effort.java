// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.measure;

import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.testkit.PostgresServer;
import java.time.Duration;
import java.util.OptionalLong;

/** What worker and target do per second, from one moment to another. */
public final class Effort {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int MILLIS_PER_SECOND = 1000;

  private final PostgresServer target;
  private final OptionalLong without;
  private final WorkerJmx worker;
  private final String sink;
  private final long began = System.nanoTime();
  private final Figures before;

  /** Sums since the processes began: times in seconds of processor time. */
  private record Figures(double target, double worker, long commits) {}

  private Effort(PostgresServer target, OptionalLong without, WorkerJmx worker, String sink) {
    this.target = target;
    this.without = without;
    this.worker = worker;
    this.sink = sink;
    this.before = figures();
  }

  /**
   * Begins to measure.
   *
   * @param without process id of a session of the target that does not count
   * @param sink a sink of this project
   */
  public static Effort of(
      PostgresServer target, OptionalLong without, WorkerJmx worker, String sink) {
    return new Effort(target, without, worker, sink);
  }

  /** Adds what was done since; sessions of the target that have ended meanwhile are left out. */
  public Result addTo(Result result) {
    double seconds = (System.nanoTime() - began) / NANOS_PER_SECOND;
    Figures now = figures();
    return result
        .whole("target_cpu_ms_per_s", (now.target - before.target) * MILLIS_PER_SECOND / seconds)
        .whole("worker_cpu_ms_per_s", (now.worker - before.worker) * MILLIS_PER_SECOND / seconds)
        .whole("commits_per_s", (now.commits - before.commits) / seconds);
  }

  private Figures figures() {
    return new Figures(
        targetSeconds(), worker.cpuSeconds(), worker.sinkFigure(sink, "CommitsTotal"));
  }

  private double targetSeconds() {
    return target.processes().stream()
        .filter(each -> without.isEmpty() || each.pid() != without.getAsLong())
        .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
        .mapToDouble(used -> (double) used.toMillis() / MILLIS_PER_SECOND)
        .sum();
  }
}
