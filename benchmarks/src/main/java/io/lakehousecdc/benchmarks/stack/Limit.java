// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.stack;

/**
 * The speed that a machine could reach if a worker that only converts, the broker, and a store that
 * takes rows as they are were all that ran on it, with no core ever idle.
 *
 * @param workerMicros processor time of the no-op worker for an event
 * @param brokerMicros of the broker
 * @param storeMicros of the store and its client, for rows that are merged and encoded beforehand;
 *     0 if it was not measured
 */
record Limit(double workerMicros, double brokerMicros, double storeMicros) {
  /** 0 where a part was not measured. */
  double eventsPerSecond() {
    if (workerMicros == 0 || storeMicros == 0) {
      return 0;
    }
    int cores = Runtime.getRuntime().availableProcessors();
    return 1e6 * cores / (workerMicros + brokerMicros + storeMicros);
  }
}
