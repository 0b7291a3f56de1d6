// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.harness;

import java.util.List;

/** One name that {@code run.sh} knows. */
public interface Benchmark {
  /** Every option with its default; others are refused. */
  List<Options.Option> options();

  /**
   * Measures, and prints {@code RESULT} lines.
   *
   * @throws Exception whatever keeps it from measuring: the run ends with it
   */
  void run(Options options) throws Exception;
}
