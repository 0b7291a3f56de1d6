// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

/**
 * The metrics of one {@link LsnDedup}, registered as {@code
 * io.lakehousecdc:type=lsn-dedup,id=<metrics.id>-<n>}. Counters start at 0 with the task.
 */
public interface DedupMetricsMXBean {
  /** Row events, truncates and tombstones examined; heartbeats and the like do not count. */
  long getSeen();

  /** Duplicates dropped, or marked with a header in header mode. */
  long getDropped();

  /** Records that were delivered again after a rewind, and passed. */
  long getRedelivered();

  /** Records that passed because they have no key or no position. */
  long getUnpositioned();

  /** Keys evicted because the memory was full. */
  long getEvicted();

  /** Epochs that began automatically, because the source's LSNs started over. */
  long getEpochs();

  /** Keys remembered now. */
  long getEntries();

  /** Estimated heap taken by the remembered keys, in bytes. */
  long getBytes();
}
