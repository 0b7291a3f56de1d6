// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.pipeline.OfferResult;
import io.lakehousecdc.sink.pipeline.OfferedRecord;
import io.lakehousecdc.sink.pipeline.Pipeline;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.sink.SinkRecord;

/** The way of decoded records into a {@link Pipeline}. For use by the task's thread. */
interface Intake {

  /**
   * Takes a record in, now or later; see {@link Pipeline#offer}.
   *
   * @param record the record as received
   */
  OfferResult offer(OfferedRecord offered, SinkRecord record);

  /** A poll has been taken in, or there was none for a while. */
  default void polled() {}

  /** Partitions that need not be read until others have caught up. */
  default Set<SourcePartition> paused() {
    return Set.of();
  }

  /** Whether records wait for others. */
  default boolean isWaiting() {
    return false;
  }

  /**
   * Forgets records that wait for others.
   *
   * @return where to read again from
   */
  default Map<SourcePartition, Long> forget() {
    return Map.of();
  }

  /** Begins anew with these partitions, after {@link #forget}, and while nothing is committed. */
  default void begin(Set<SourcePartition> partitions) {}

  /** See {@link Pipeline#reportableOffset}. */
  long reportableOffset(SourcePartition partition, long current);

  /** The way of records that wait for nothing. */
  record Direct(Pipeline pipeline) implements Intake {
    @Override
    public OfferResult offer(OfferedRecord offered, SinkRecord record) {
      return pipeline.offer(offered);
    }

    @Override
    public long reportableOffset(SourcePartition partition, long current) {
      return pipeline.reportableOffset(partition, current);
    }
  }
}
