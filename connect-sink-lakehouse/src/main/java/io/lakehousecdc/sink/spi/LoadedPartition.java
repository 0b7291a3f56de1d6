// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.sink.change.TableId;
import java.util.Map;

/**
 * Committed state of a partition as a target reports it.
 *
 * @param state state to go on from; where tables differ, the one with the least {@code nextOffset}
 * @param tablesAhead tables that have already applied records up to (excluding) the given offset
 *     beyond {@code state.nextOffset()}; empty for a target that commits all tables at once
 */
public record LoadedPartition(PartitionState state, Map<TableId, Long> tablesAhead) {

  /** Whether anything of the partition was ever committed. */
  public boolean isStored() {
    return state.nextOffset() > 0;
  }
}
