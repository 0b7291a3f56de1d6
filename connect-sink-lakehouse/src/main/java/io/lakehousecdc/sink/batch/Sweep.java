package io.lakehousecdc.sink.batch;

import io.lakehousecdc.sink.change.Position;

/**
 * A completed snapshot: rows of the table that stand below its position were not in it.
 *
 * @param topic original topic of the table; the target applies the sweep only once every partition
 *     state it holds for this topic (those of the same commit included) is past the snapshot: its
 *     {@code completedSnapshotLsn} is at or above that of {@code below}, or its {@code highWater}
 *     is above {@code below}
 * @param below position (epoch, snapshot LSN, 0)
 * @param mode what to do with such rows
 */
public record Sweep(String topic, Position below, Mode mode) {

  /** What happens to rows that the snapshot did not contain. */
  public enum Mode {
    /** Count them for the receipt, change nothing. */
    REPORT,
    /** Remove them, or mark them deleted where the table soft-deletes. */
    REMOVE
  }
}
