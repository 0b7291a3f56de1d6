// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline.transaction;

import java.util.LinkedHashMap;
import java.util.Map;

/** Some transactions of a source, those that were added last. Bounded; not thread-safe. */
final class RecentTransactions {
  private static final int BOUND = 10_000;

  private final Map<String, Long> commitMillis =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > BOUND;
        }
      };

  /**
   * @param millis commit time, milliseconds since the epoch
   */
  void add(String transaction, long millis) {
    commitMillis.put(transaction, millis);
  }

  /** Whether it is one of them, and not a later one whose number is the same. */
  boolean contains(String transaction, long millis) {
    Long known = commitMillis.get(transaction);
    return known != null && millis <= known;
  }
}
