// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.harness;

import java.util.List;

/** A benchmark that {@code run.sh} can run by its name. */
public interface Benchmark {
  /** Every option with its default; others are refused. */
  List<Options.Option> options();

  /**
   * Measures, and prints {@code RESULT} lines.
   *
   * @throws Exception any failure; it ends the run
   */
  void run(Options options) throws Exception;
}
