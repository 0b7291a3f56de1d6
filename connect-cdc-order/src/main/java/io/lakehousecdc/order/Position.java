// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

/**
 * Where a change stands in the source's history: epoch first, then the LSN of the last commit
 * delivered before it, then its own LSN. Both LSNs are compared as signed 64-bit numbers, which is
 * how Debezium writes them.
 *
 * @param epoch history that the LSNs belong to; rises when the source's LSNs start over
 * @param commitLsn {@code source.sequence[0]}, or the snapshot's LSN
 * @param lsn {@code source.sequence[1]}, or 0 for rows of an initial snapshot
 * @see <a
 *     href="https://debezium.io/documentation/reference/stable/connectors/postgresql.html">Debezium:
 *     source.sequence</a>
 */
public record Position(int epoch, long commitLsn, long lsn) implements Comparable<Position> {

  /** Below every change. Epochs may be negative: see {@link Histories}. */
  public static final Position LOWEST = new Position(Integer.MIN_VALUE, 0, 0);

  @Override
  public int compareTo(Position other) {
    int result = Integer.compare(epoch, other.epoch);
    if (result == 0) {
      result = Long.compare(commitLsn, other.commitLsn);
    }
    return result != 0 ? result : Long.compare(lsn, other.lsn);
  }

  public boolean isBelow(Position other) {
    return compareTo(other) < 0;
  }

  /** Whether both are of one transaction of the source. */
  public boolean isOfSameTransaction(Position other) {
    return epoch == other.epoch && commitLsn == other.commitLsn;
  }

  /** The same LSNs in another epoch. */
  public Position inEpoch(int other) {
    return other == epoch ? this : new Position(other, commitLsn, lsn);
  }

  /** The greater of the two. */
  public static Position max(Position a, Position b) {
    return a.isBelow(b) ? b : a;
  }

  @Override
  public String toString() {
    return epoch + "/" + commitLsn + "/" + lsn;
  }
}
