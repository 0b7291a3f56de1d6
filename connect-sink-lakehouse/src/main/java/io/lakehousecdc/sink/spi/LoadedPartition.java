// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.sink.change.TableId;
import java.util.Map;

/**
 * The committed state of a partition, as a target reports it.
 *
 * @param state state to continue from; if tables differ, the one with the least {@code nextOffset}
 * @param tablesAhead tables that have already applied records up to (excluding) the given offset
 *     beyond {@code state.nextOffset()}; empty for a target that commits all tables at once
 */
public record LoadedPartition(PartitionState state, Map<TableId, Long> tablesAhead) {

  /** Whether the target has committed anything of the partition. */
  public boolean isStored() {
    return state.nextOffset() > 0;
  }
}
