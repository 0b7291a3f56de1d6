// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dedup;

/** The last truncate of a table. Identity matters: one instance for a topic and table. */
final class TableMemory {
  private int generation;
  private Stamp truncate;

  /** What was remembered of keys in an earlier generation is void. */
  int generation() {
    return generation;
  }

  /** The highest truncate, or null. */
  Stamp truncate() {
    return truncate;
  }

  /**
   * Notes a truncate.
   *
   * @param stamp null where its position is unknown
   */
  void truncated(Stamp stamp) {
    generation++;
    if (stamp != null && (truncate == null || !stamp.isSupersededBy(truncate))) {
      truncate = stamp;
    }
  }
}
