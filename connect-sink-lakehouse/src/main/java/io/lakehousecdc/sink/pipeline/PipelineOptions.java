// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.spi.TableOptions;

/**
 * How the pipeline batches, orders and retries.
 *
 * @param tables how tables are written
 * @param truncateMode what a truncate does
 * @param sweeping what happens when an initial snapshot has completed
 * @param minimumEpoch epoch set by the operator; 0 where epochs rise by themselves only
 * @param flushIntervalMillis age at which a batch is committed
 * @param flushMaxRecords number of events at which a batch is committed
 * @param flushMaxBytes estimated size at which a batch is committed
 * @param bufferMaxBytes estimated size of everything buffered at which partitions are paused
 * @param deleteMemoryMillis how long deletes are remembered
 * @param deleteMemoryEntries how many deletes are remembered
 * @param retryTimeoutMillis how long a failing commit is tried again before the task fails
 * @param constraintWaitMillis how long a batch that violates a foreign key or unique constraint
 *     waits for the changes that resolve it
 */
public record PipelineOptions(
    TableOptions tables,
    TruncateMode truncateMode,
    Sweeping sweeping,
    int minimumEpoch,
    long flushIntervalMillis,
    int flushMaxRecords,
    long flushMaxBytes,
    long bufferMaxBytes,
    long deleteMemoryMillis,
    int deleteMemoryEntries,
    long retryTimeoutMillis,
    long constraintWaitMillis) {

  /**
   * What happens when an initial snapshot has completed.
   *
   * @param mode what happens to rows that it did not contain
   * @param quietMillis after how long without a record a partition has nothing more of a snapshot
   *     that ended in another one, and how often to ask for sweeps that other tasks began
   * @param tasks how many tasks the connector may have
   */
  public record Sweeping(Sweep.Mode mode, long quietMillis, int tasks) {}

  /** {@code truncate.mode}. */
  public enum TruncateMode {
    APPLY,
    IGNORE,
    FAIL
  }
}
