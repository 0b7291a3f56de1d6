// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.change.SourcePartition;
import java.util.HashMap;
import java.util.Map;

/**
 * Knows of which transactions a batch holds the events of a partition from the first on: those that
 * begin after another one of the batch. Not thread-safe.
 */
final class Transactions {
  private final Map<SourcePartition, Latest> latest = new HashMap<>();

  /** Takes note of a batch's next entry. */
  TransactionVisibility coverage(Entry entry) {
    SourcePosition mark = entry.event().sourcePosition();
    if (mark.lsn() == SourcePosition.NONE || mark.snapshot() != Snapshot.NO) {
      return TransactionVisibility.NONE;
    }
    Position position = entry.position();
    SourcePartition partition = entry.at().partition();
    Latest known = latest.get(partition);
    boolean begins =
        known == null
            || known.position.isBelow(position) && !known.position.isOfSameTransaction(position);
    if (begins) {
      TransactionVisibility coverage =
          known == null ? TransactionVisibility.CONTINUED : TransactionVisibility.FROM_START;
      latest.put(partition, new Latest(position, coverage));
      return coverage;
    }
    boolean goesOn = known.position.isOfSameTransaction(position);
    return goesOn ? known.coverage : TransactionVisibility.CONTINUED;
  }

  /**
   * The greatest transaction so far.
   *
   * @param position of its first event
   */
  private record Latest(Position position, TransactionVisibility coverage) {}
}
