// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far the tables show a source: everything up to and including a transaction, in the order of
 * commits. Where a target commits all tables at once, they show nothing of later ones.
 *
 * @param source name of the source, which is its {@code topic.prefix}
 * @param transaction number of the transaction at the source
 * @param commitLsn LSN of its commit; -1 where not known
 * @param commitMillis its commit time, milliseconds since the epoch
 */
public record SourceProgress(String source, String transaction, long commitLsn, long commitMillis) {

  /**
   * Whether this takes the place of another one of its source. A source that sends transactions
   * again does not move back: an earlier LSN counts only with a later time, as after a switch to
   * another cluster.
   */
  public boolean follows(SourceProgress other) {
    return commitLsn >= other.commitLsn || commitMillis > other.commitMillis;
  }

  /** What is stored, by source, when more was reached. The argument stays as it is. */
  public static SortedMap<String, SourceProgress> moved(
      Map<String, SourceProgress> stored, Collection<SourceProgress> reached) {
    SortedMap<String, SourceProgress> moved = new TreeMap<>(stored);
    for (SourceProgress each : reached) {
      moved.merge(each.source(), each, (old, next) -> next.follows(old) ? next : old);
    }
    return moved;
  }
}
