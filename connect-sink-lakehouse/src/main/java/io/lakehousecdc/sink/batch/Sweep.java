// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;

/**
 * A completed snapshot: rows of the table that stand below its position were not in it.
 *
 * @param topic original topic of the table; the target carries the sweep out only once every state
 *     that it holds of this topic's partitions (those of the same commit included) is past the
 *     snapshot, and remembers until then that it was asked
 * @param floor at (epoch, snapshot LSN, 0)
 * @param mode what to do with such rows
 */
public record Sweep(String topic, Floor floor, Mode mode) {

  /** Position of the snapshot: (epoch, snapshot LSN, 0). */
  public Position below() {
    return floor.at();
  }

  /** What happens to rows that the snapshot did not contain. */
  public enum Mode {
    /** Count them for the receipt, change nothing. */
    REPORT,
    /**
     * Remove them, or mark them deleted where the table soft-deletes, and drop what comes of them
     * later: as a truncate at the same position would, but for the rows of the same commit.
     */
    REMOVE
  }
}
