// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dedup;

/**
 * Where a change stands in the source's history, compared from left to right.
 *
 * @param epoch history that the LSNs belong to
 * @param commitLsn LSN of the last commit delivered before the change, or of the snapshot
 * @param lsn LSN of the change; 0 for rows of an initial snapshot
 */
record Position(int epoch, long commitLsn, long lsn) implements Comparable<Position> {

  @Override
  public int compareTo(Position other) {
    int result = Integer.compare(epoch, other.epoch);
    if (result == 0) {
      result = Long.compare(commitLsn, other.commitLsn);
    }
    return result != 0 ? result : Long.compare(lsn, other.lsn);
  }

  boolean isBelow(Position other) {
    return compareTo(other) < 0;
  }

  @Override
  public String toString() {
    return epoch + "/" + commitLsn + "/" + lsn;
  }
}
