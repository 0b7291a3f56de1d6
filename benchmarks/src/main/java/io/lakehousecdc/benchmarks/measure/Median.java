// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.measure;

import java.util.Collection;
import java.util.List;

/** The median of numbers. */
public final class Median {
  private Median() {}

  /** The median, the lower of two; 0 for no numbers. */
  public static double of(Collection<Double> figures) {
    if (figures.isEmpty()) {
      return 0;
    }
    List<Double> sorted = figures.stream().sorted().toList();
    return sorted.get((sorted.size() - 1) / 2);
  }
}
