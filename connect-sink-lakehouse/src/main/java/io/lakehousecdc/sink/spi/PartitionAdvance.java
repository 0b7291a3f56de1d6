// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.sink.change.SourcePartition;
import java.util.Optional;

/**
 * A step of a partition's state, to be committed with the rows.
 *
 * @param partition topic-partition
 * @param previous state that this step builds on, as loaded or last committed; empty where the
 *     target held none, or one whose {@code nextOffset} is 0. The target compares {@code
 *     nextOffset} with what it holds and fails with {@link
 *     io.lakehousecdc.sink.error.FencedException} where they differ
 * @param next state after the commit
 */
public record PartitionAdvance(
    SourcePartition partition, Optional<PartitionState> previous, PartitionState next) {}
