// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.sink.change.SourcePartition;
import java.util.Optional;

/**
 * The transition of a partition's state from one commit to the next, committed with the rows.
 *
 * @param partition topic and partition
 * @param previous state that the commit builds on, as loaded or last committed; empty if the target
 *     had none, or one whose {@code nextOffset} is 0. The target compares its {@code nextOffset}
 *     with the stored one and throws {@link io.lakehousecdc.sink.error.FencedException} if they
 *     differ
 * @param next state after the commit
 */
public record PartitionAdvance(
    SourcePartition partition, Optional<PartitionState> previous, PartitionState next) {}
