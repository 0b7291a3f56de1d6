// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

/**
 * How far the target has applied the changes of a topic.
 *
 * @param least LSN up to which all commits are applied, in each partition; {@link #UNKNOWN} where a
 *     partition has had nothing but rows of a snapshot, others of which may follow
 * @param greatest LSN of the latest commit that any partition knows of
 */
record Applied(long least, long greatest) {
  static final long UNKNOWN = -1;

  /** Nothing tells. */
  static final Applied NOTHING = new Applied(UNKNOWN, UNKNOWN);

  /** Whether the target has seen commits that a state of the source, up to an LSN, has not. */
  boolean isAheadOf(long sourceLsn) {
    return greatest > sourceLsn;
  }

  /** The same with the greatest position of a further partition. */
  Applied and(long commitLsn, long lsn) {
    long certain = lsn == 0 ? UNKNOWN : commitLsn;
    return this == NOTHING
        ? new Applied(certain, commitLsn)
        : new Applied(Math.min(least, certain), Math.max(greatest, commitLsn));
  }
}
