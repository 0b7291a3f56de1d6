// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.util.List;

/**
 * What the comparison of a table has found.
 *
 * @param pair what was compared
 * @param rows rows at the source
 * @param buckets into how many buckets they were summed up
 * @param differingBuckets of these, how many were looked through by key
 * @param differences rows that differ for certain, or that have differed without change on either
 *     side
 * @param moving rows that were still changing when the comparison ended: they differed at every
 *     look, and each look found another state
 * @param unlisted keys that may differ and were not looked at, because they were too many
 */
record Outcome(
    TablePair pair,
    long rows,
    int buckets,
    int differingBuckets,
    List<Difference> differences,
    int moving,
    long unlisted) {

  boolean isEqual() {
    return differences.isEmpty() && unlisted == 0;
  }

  /** How sure it is that a row differs. */
  enum Certainty {
    /** The source's row did not change while the target came to be past the state that was read. */
    PROVEN,
    /**
     * Neither row has changed for the time of {@code --settle}, and nothing shows that the target
     * is past the source's state: it may be behind.
     */
    UNCHANGED
  }

  /** How a row differs. */
  enum Kind {
    MISSING,
    EXTRA,
    CHANGED,
    /** Source and target have the key in different numbers of rows. */
    REPEATED
  }

  /**
   * A row that differs.
   *
   * @param source texts of its columns at the source; null where it is not there
   * @param target the same of the target
   * @param targetVersion position of the row in the target; null where it is not there
   */
  record Difference(
      Key key,
      Kind kind,
      Certainty certainty,
      List<String> source,
      List<String> target,
      String targetVersion) {}
}
