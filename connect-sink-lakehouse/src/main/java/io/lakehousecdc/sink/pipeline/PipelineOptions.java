package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.target.TableOptions;

/**
 * How the pipeline batches, orders and retries.
 *
 * @param tables how tables are written
 * @param truncateMode what a truncate does
 * @param sweep what happens to rows that a completed snapshot did not contain
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
    Sweep.Mode sweep,
    int minimumEpoch,
    long flushIntervalMillis,
    int flushMaxRecords,
    long flushMaxBytes,
    long bufferMaxBytes,
    long deleteMemoryMillis,
    int deleteMemoryEntries,
    long retryTimeoutMillis,
    long constraintWaitMillis) {

  /** {@code truncate.mode}. */
  public enum TruncateMode {
    APPLY,
    IGNORE,
    FAIL
  }
}
