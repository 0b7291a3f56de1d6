// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.measure;

import java.time.Duration;

/** The processor time of processes of this machine, as the operating system counts it. */
public final class ProcessorTime {
  private ProcessorTime() {}

  /** Seconds that a process has taken since it started; 0 where the system does not tell. */
  public static double of(long pid) {
    return ProcessHandle.of(pid).map(ProcessorTime::seconds).orElse(0.0);
  }

  /** Seconds of a process and of all that it has started, as far as they still run. */
  public static double ofTree(long pid) {
    return ProcessHandle.of(pid)
        .map(root -> seconds(root) + root.descendants().mapToDouble(ProcessorTime::seconds).sum())
        .orElse(0.0);
  }

  private static double seconds(ProcessHandle process) {
    Duration time = process.info().totalCpuDuration().orElse(Duration.ZERO);
    return time.toNanos() / 1e9;
  }
}
