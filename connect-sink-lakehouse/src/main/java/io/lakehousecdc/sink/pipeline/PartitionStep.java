// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;

/**
 * What a batch moves of a partition's state, and who hears of it. Immutable; may be handed to the
 * writer thread.
 *
 * @param advance step of the state
 * @param offset told when the step is committed
 */
record PartitionStep(PartitionAdvance advance, ReportableOffset offset) {

  SourcePartition partition() {
    return advance.partition();
  }

  /** This step and the one that follows it, as one. */
  PartitionStep then(PartitionStep next) {
    return new PartitionStep(
        new PartitionAdvance(partition(), advance.previous(), next.advance.next()), next.offset);
  }

  /** The step has been committed. */
  void committed() {
    offset.committed(advance.next().nextOffset());
  }
}
