// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.SourceProgress;
import java.util.Optional;

/**
 * What a batch moves of a partition's state, and who hears of it. Immutable; may be handed to the
 * writer thread.
 *
 * @param advance step of the state
 * @param offset told when the step is committed
 * @param reached the last transaction of the source that has ended in the partition, if that is a
 *     topic of transactions which are applied as a whole
 */
record PartitionStep(
    PartitionAdvance advance, ReportableOffset offset, Optional<SourceProgress> reached) {

  /** A step of a partition that tells of no transaction. */
  PartitionStep(PartitionAdvance advance, ReportableOffset offset) {
    this(advance, offset, Optional.empty());
  }

  SourcePartition partition() {
    return advance.partition();
  }

  /** This step and the one that follows it, as one. */
  PartitionStep then(PartitionStep next) {
    return new PartitionStep(
        new PartitionAdvance(partition(), advance.previous(), next.advance.next()),
        next.offset,
        next.reached.or(() -> reached));
  }

  /** The step has been committed. */
  void committed() {
    offset.committed(advance.next().nextOffset());
  }
}
