// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.measure;

import java.util.Collection;
import java.util.List;

/** The middle of some figures. */
public final class Median {
  private Median() {}

  /** The middle one, the lower of two; 0 where there is none. */
  public static double of(Collection<Double> figures) {
    if (figures.isEmpty()) {
      return 0;
    }
    List<Double> sorted = figures.stream().sorted().toList();
    return sorted.get((sorted.size() - 1) / 2);
  }
}
