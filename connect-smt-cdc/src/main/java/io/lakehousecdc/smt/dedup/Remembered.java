// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dedup;

/**
 * What is known of a key.
 *
 * @param stamp its highest change
 * @param tail what the key's last event was, which is what a tombstone after it belongs to
 * @param generation of its table, which a truncate raises
 */
record Remembered(Stamp stamp, Tail tail, int generation) {

  enum Tail {
    /** Insert, update or snapshot row, or a delete whose tombstone was dropped with it. */
    CHANGE,
    /** A delete that passed. */
    DELETE,
    /** A delete that had been seen before. */
    DUPLICATE_DELETE
  }

  Remembered with(Tail newTail) {
    return new Remembered(stamp, newTail, generation);
  }
}
