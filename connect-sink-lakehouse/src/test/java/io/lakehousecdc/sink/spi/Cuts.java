// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import java.util.ArrayList;
import java.util.List;

/** Ways to cut a sequence of events into commits. */
final class Cuts {
  private Cuts() {}

  /** Number of ways to cut so many events. */
  static int of(int events) {
    return 1 << (events - 1);
  }

  /**
   * The events in commits.
   *
   * @param cut bit i is set where a commit ends behind event i
   */
  static <T> List<List<T>> apply(int cut, List<T> events) {
    List<List<T>> batches = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      if (i == 0 || (cut >> (i - 1) & 1) == 1) {
        batches.add(new ArrayList<>());
      }
      batches.get(batches.size() - 1).add(events.get(i));
    }
    return batches;
  }
}
